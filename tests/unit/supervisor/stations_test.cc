// SPDX-License-Identifier: MIT
#include "supervisor/stations.h"

#include <gtest/gtest.h>

namespace aircheck::supervisor {
namespace {

Stations Kpcc() {
    config::Config config;
    config.stations.emplace_back().callsign = "kpcc";
    return Stations(config);
}

proto::StationBeat Beat(const std::string& state, std::uint64_t take_bytes) {
    proto::StationBeat beat;
    beat.station = "kpcc";
    beat.state = state;
    beat.take = "3f9a2c1d7e05";
    beat.take_bytes = take_bytes;
    return beat;
}

TEST(Stations, TellsTheBitrateOnceWithWhatItKnewOfTheStation) {
    auto stations = Kpcc();
    proto::StationEvent event;
    event.station = "kpcc";
    event.url = "http://example.org/kpcc";
    EXPECT_EQ(stations.Complete(event).bitrate, 0);
    int told = 0;
    for (int second = 1; second < 30; ++second) {
        const auto changed = stations.OnBeat(Beat("recording", 16000u * second), second, 1000);
        if (!changed) continue;
        ++told;
        EXPECT_EQ(changed->bitrate, 128);
        EXPECT_EQ(changed->url, "http://example.org/kpcc");
        EXPECT_EQ(changed->take, "3f9a2c1d7e05");
        EXPECT_EQ(changed->state, "recording");
    }
    EXPECT_EQ(told, 1);
    EXPECT_EQ(stations.Complete(event).bitrate, 128);
}

TEST(Stations, AStationThatIsNotConfiguredIsNone) {
    auto stations = Kpcc();
    auto beat = Beat("recording", 16000);
    beat.station = "kqed";
    EXPECT_FALSE(stations.Has("kqed"));
    EXPECT_FALSE(stations.OnBeat(beat, 1, 1000));
}

}  // namespace
}  // namespace aircheck::supervisor
