// SPDX-License-Identifier: MIT
#include "supervisor/shards.h"

#include <algorithm>

namespace aircheck::supervisor {

void Shards::Update(const config::Config& config) {
    downloaders_ = config::DownloaderCount(config);
    shards_.resize(static_cast<std::size_t>(downloaders_));
    for (std::size_t i = 0; i < shards_.size(); ++i)
        shards_[i].name = "downloader-" + std::to_string(i);
    std::erase_if(quarantined_,
                  [&](const auto& callsign) { return !config.FindStation(callsign); });

    std::set<std::string> known;
    for (const auto& station : config.stations) known.insert(station.callsign);
    for (Shard& shard : shards_) {
        std::erase_if(shard.stations, [&](const auto& callsign) {
            return !known.contains(callsign) || quarantined_.contains(callsign);
        });
    }
    for (const auto& station : config.stations)
        if (!quarantined_.contains(station.callsign)) DealOut(station);
    AddQuarantine();
}

// Downloaders only: those in quarantine follow later.
void Shards::DealOut(const config::StationConfig& station) {
    auto wanted = std::min(station.recorders, downloaders_);
    for (Shard& shard : shards_) {
        if (!shard.stations.contains(station.callsign)) continue;
        if (wanted > 0) {
            --wanted;
        } else {
            shard.stations.erase(station.callsign);
        }
    }
    for (; wanted > 0; --wanted) {
        const auto load = [&](const Shard& shard) {
            return shard.stations.contains(station.callsign) ? shard.stations.max_size()
                                                             : shard.stations.size();
        };
        std::ranges::min_element(shards_, {}, load)->stations.insert(station.callsign);
    }
}

void Shards::AddQuarantine() {
    for (const auto& callsign : quarantined_)
        shards_.push_back({"quarantine-" + callsign, {callsign}});
}

bool Shards::Quarantine(const std::string& callsign) {
    bool found = false;
    for (Shard& shard : shards_)
        if (!quarantined_.contains(callsign)) found = shard.stations.erase(callsign) > 0 || found;
    if (!found) return false;
    quarantined_.insert(callsign);
    shards_.resize(static_cast<std::size_t>(downloaders_));
    AddQuarantine();
    return true;
}

}  // namespace aircheck::supervisor
