// SPDX-License-Identifier: MIT
#include "supervisor/shards.h"

#include <gtest/gtest.h>

#include <string>

namespace aircheck::supervisor {
namespace {

config::Config Configure(int downloaders, const std::vector<std::string>& callsigns) {
    config::Config config;
    config.downloaders = downloaders;
    for (const auto& callsign : callsigns) {
        config::StationConfig station;
        station.callsign = callsign;
        config.stations.push_back(station);
    }
    return config;
}

std::string Show(const Shards& shards) {
    std::string text;
    for (const auto& shard : shards.all()) {
        text += (text.empty() ? "" : "; ") + shard.name + ":";
        for (const auto& station : shard.stations) text += " " + station;
    }
    return text;
}

TEST(Shards, DealsOutEvenly) {
    Shards shards;
    shards.Update(Configure(2, {"a", "b", "c", "d", "e"}));
    EXPECT_EQ(Show(shards), "downloader-0: a c e; downloader-1: b d");
}

TEST(Shards, EachRecorderIsAnotherProcess) {
    auto config = Configure(1, {"a", "b"});
    config.stations[0].recorders = 2;
    Shards shards;
    shards.Update(config);
    EXPECT_EQ(Show(shards), "downloader-0: a b; downloader-1: a");
    config.stations[0].recorders = 1;
    config.downloaders = 2;
    shards.Update(config);
    EXPECT_EQ(Show(shards), "downloader-0: a b; downloader-1:");
}

TEST(Shards, NobodyMovesForAnothersSake) {
    Shards shards;
    shards.Update(Configure(2, {"a", "b", "c", "d"}));
    shards.Update(Configure(2, {"x", "b", "c", "d"}));
    EXPECT_EQ(Show(shards), "downloader-0: c x; downloader-1: b d");
    shards.Update(Configure(3, {"x", "b", "c", "d", "e"}));
    EXPECT_EQ(Show(shards), "downloader-0: c x; downloader-1: b d; downloader-2: e");
    shards.Update(Configure(1, {"x", "b", "c", "d", "e"}));
    EXPECT_EQ(Show(shards), "downloader-0: b c d e x");
}

TEST(Shards, AQuarantinedStationIsAlone) {
    Shards shards;
    shards.Update(Configure(2, {"a", "b", "c"}));
    EXPECT_TRUE(shards.Quarantine("a"));
    EXPECT_FALSE(shards.Quarantine("a"));
    EXPECT_FALSE(shards.Quarantine("nobody"));
    EXPECT_EQ(Show(shards), "downloader-0: c; downloader-1: b; quarantine-a: a");
    shards.Update(Configure(2, {"a", "b", "c", "d"}));
    EXPECT_EQ(Show(shards), "downloader-0: c d; downloader-1: b; quarantine-a: a");
    shards.Update(Configure(2, {"b", "c"}));
    EXPECT_EQ(Show(shards), "downloader-0: c; downloader-1: b");
}

}  // namespace
}  // namespace aircheck::supervisor
