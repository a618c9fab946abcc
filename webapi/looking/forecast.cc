// SPDX-License-Identifier: MIT
#include "webapi/looking/forecast.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace aircheck::webapi {

Forecast ForecastDisk(std::span<const Filling> fillings, std::uint64_t room) {
    Forecast forecast;
    std::vector<std::pair<double, double>> levels;  // when a station has all that it will, its rate
    for (const Filling& filling : fillings) {
        const auto used = static_cast<double>(filling.used);
        double at_most = filling.rate * filling.keep;
        if (filling.max_disk) at_most = std::min(at_most, static_cast<double>(*filling.max_disk));
        forecast.rate += filling.rate;
        forecast.at_most += std::max(at_most, used);
        if (filling.rate > 0 && at_most > used)
            levels.emplace_back((at_most - used) / filling.rate, filling.rate);
    }
    std::ranges::sort(levels);
    double rate = 0;
    for (const auto& level : levels) rate += level.second;
    double left = static_cast<double>(room);
    double now = 0;
    for (const auto& [until, its_rate] : levels) {
        const double grows = (until - now) * rate;
        if (grows >= left) {
            forecast.full_in = now + left / rate;
            return forecast;
        }
        left -= grows;
        now = until;
        rate -= its_rate;
    }
    return forecast;
}

}  // namespace aircheck::webapi
