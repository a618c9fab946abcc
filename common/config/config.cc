// SPDX-License-Identifier: MIT
#include "common/config/config.h"

#include <algorithm>

namespace aircheck::config {
namespace {

constexpr Duration kDefaultDiskArchive = std::chrono::seconds{103'680};  // 1.2 d
constexpr Duration kDefaultArchive = std::chrono::hours{14 * 24};

}  // namespace

const StationConfig* Config::FindStation(std::string_view callsign) const {
    const auto found = std::ranges::find(stations, callsign, &StationConfig::callsign);
    return found == stations.end() ? nullptr : &*found;
}

int DownloaderCount(const Config& config) {
    int count = config.downloaders;
    for (const StationConfig& station : config.stations) count = std::max(count, station.recorders);
    return count;
}

Duration DiskRetention(const Config& config, const StationConfig& station) {
    if (config.cloud) return station.disk_archive.value_or(kDefaultDiskArchive);
    if (station.cloud_archive) return *station.cloud_archive;
    return station.disk_archive.value_or(kDefaultArchive);
}

Duration CloudRetention(const StationConfig& station) {
    return station.cloud_archive.value_or(kDefaultArchive);
}

std::string Problem::Text() const {
    std::string text = file;
    if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
    if (!key.empty()) text += ": " + key;
    return text + ": " + message;
}

}  // namespace aircheck::config
