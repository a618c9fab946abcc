// SPDX-License-Identifier: MIT
#include "common/retention/rules.h"

#include <sys/statvfs.h>

#include <algorithm>

#include "common/util/error.h"

namespace aircheck::retention {

std::uint64_t DiskState::Total() const {
    std::uint64_t total = 0;
    for (const auto& [station, bytes] : used) total += bytes;
    return total;
}

std::uint64_t MeasureFreeSpace(const std::filesystem::path& folder) {
    struct statvfs status {};
    if (::statvfs(folder.c_str(), &status) != 0)
        util::ThrowErrno("cannot tell the free space of " + folder.string());
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

Rules::Rules(const config::Config& config)
    : has_cloud_(config.cloud.has_value()),
      max_disk_(config.defaults.max_disk),
      min_free_(config.min_free) {
    const auto rule = [&config](const config::StationConfig& station) {
        const auto disk = config::DiskRetention(config, station);
        return Rule{disk, config.cloud ? config::CloudRetention(station) : disk, {}, true};
    };
    for (const config::StationConfig& station : config.stations) {
        Rule& added = stations_[station.callsign] = rule(station);
        added.max_disk = station.max_disk;
    }
    config::StationConfig defaults;
    static_cast<config::StationDefaults&>(defaults) = config.defaults;
    others_ = rule(defaults);
    others_.configured = false;
}

const Rules::Rule& Rules::Of(std::string_view station) const {
    const auto found = stations_.find(station);
    return found != stations_.end() ? found->second : others_;
}

config::Duration Rules::longest() const {
    config::Duration longest = others_.archive;
    for (const auto& [station, rule] : stations_) longest = std::max(longest, rule.archive);
    return longest;
}

bool Rules::Exceeded(const DiskState& disk) const {
    if (disk.free < min_free_ || (max_disk_ && disk.Total() > *max_disk_)) return true;
    return std::ranges::any_of(disk.used, [this](const auto& entry) {
        const auto limit = Of(entry.first).max_disk;
        return limit && entry.second > *limit;
    });
}

}  // namespace aircheck::retention
