// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/config/config.h"

namespace aircheck::supervisor {

/// Which downloader records which stations. Sticky: when the configuration changes, a station stays
/// where it is if it can, so that its connection need not end. A station that brought a downloader
/// down is kept apart from the others.
class Shards {
public:
    struct Shard {
        std::string name;  // of the worker: downloader-0, quarantine-kpcc
        std::set<std::string> stations;
    };

    /// Deals out what is new and takes back what is gone.
    void Update(const config::Config& config);

    /// Gives the station a downloader of its own, for as long as it is configured. False if it is
    /// none of these or has that already.
    bool Quarantine(const std::string& callsign);

    const std::vector<Shard>& all() const { return shards_; }
    const std::set<std::string>& quarantined() const { return quarantined_; }

private:
    void DealOut(const config::StationConfig& station);
    void AddQuarantine();

    int downloaders_ = 0;
    std::vector<Shard> shards_;  // the downloaders, then those in quarantine
    std::set<std::string> quarantined_;
};

}  // namespace aircheck::supervisor
