// SPDX-License-Identifier: MIT
#include "webapi/events/backstage.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

constexpr double kBytesPerGigabyte = 1e9;

/// Of a line's time, with which it begins: "2026-11-22T11:20:00.113Z".
constexpr std::size_t kTimeBytes = 24;

json::value OrNull(const std::optional<double>& number) {
    return number ? json::value(*number) : json::value();
}

/// A month; nullopt where no price is configured.
std::optional<double> Cost(const config::Config& config, std::uint64_t bytes) {
    if (!config.cloud) return std::nullopt;
    const auto price = config.cloud->options.find("price_per_gb");
    if (price == config.cloud->options.end()) return std::nullopt;
    return std::strtod(price->second.c_str(), nullptr) * static_cast<double>(bytes) /
           kBytesPerGigabyte;
}

}  // namespace

std::vector<std::string> LogLines::Add(const proto::LogEvent& event) {
    std::uint64_t& last = last_[event.name];
    // A lower number is another supervisor's, which counts anew.
    const std::uint64_t fresh = event.last < last ? event.lines.size() : event.last - last;
    last = event.last;
    const auto count = std::min<std::uint64_t>(fresh, event.lines.size());
    std::vector<std::string> lines(event.lines.end() - static_cast<std::ptrdiff_t>(count),
                                   event.lines.end());
    lines_.insert(lines_.end(), lines.begin(), lines.end());
    std::ranges::stable_sort(lines_, {}, [](const std::string& line) {
        return std::string_view(line).substr(0, kTimeBytes);
    });
    while (lines_.size() > kMost) lines_.pop_front();
    return lines;
}

json::object KeepingFields(const Services& services) {
    for (const Vitals::Process* process : services.vitals.Fresh()) {
        const proto::Heartbeat& beat = process->beat;
        if (beat.role != "pruner") continue;
        const std::uint64_t stored = services.disk.stored();
        return {{"moved", beat.bytes_total},
                {"next_prune", OrNull(beat.next_prune)},
                {"cloud", beat.cloud},
                {"error", beat.cloud_error},
                {"since", OrNull(beat.cloud_since)},
                {"waiting", beat.unsaved},
                {"stored", stored},
                {"cost", OrNull(Cost(services.config, stored))}};
    }
    return {};
}

}  // namespace aircheck::webapi
