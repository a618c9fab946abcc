// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace aircheck::webapi {

/// How one station fills the disk.
struct Filling {
    std::uint64_t used = 0;                 // bytes
    double rate = 0;                        // bytes per second
    double keep = 0;                        // seconds that its sound stays
    std::optional<std::uint64_t> max_disk;  // bytes that it may have
};

struct Forecast {
    double rate = 0;                // bytes per second, of all
    double at_most = 0;             // bytes, once as much goes as comes
    std::optional<double> full_in;  // seconds until there is no room; nullopt: never
};

/// If all goes on as it does. `room` is what all may take beyond what they use.
Forecast ForecastDisk(std::span<const Filling> fillings, std::uint64_t room);

}  // namespace aircheck::webapi
