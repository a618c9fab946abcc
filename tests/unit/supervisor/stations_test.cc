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
        const auto changed =
            stations.OnBeat("downloader-0", Beat("recording", 16000u * second), second, 1000);
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
    EXPECT_FALSE(stations.OnBeat("downloader-0", beat, 1, 1000));
}

TEST(Stations, OfTwoRecordersOneTellsTheBitrate) {
    auto stations = Kpcc();
    int told = 0;
    for (int second = 1; second < 40; ++second) {
        proto::StationBeat other = Beat("recording", 16000u * (second + 5));
        other.take = "aaaaaaaaaaaa";
        if (stations.OnBeat("downloader-0", Beat("recording", 16000u * second), second, second))
            ++told;
        EXPECT_FALSE(stations.OnBeat("downloader-1", other, second + 100, second + 0.5));
    }
    EXPECT_EQ(told, 1);
    // The first one stalls: the other one is believed.
    stations.OnBeat("downloader-0", Beat("connecting", 0), 41, 41);
    told = 0;
    for (int second = 42; second < 80; ++second) {
        proto::StationBeat other = Beat("recording", 8000u * second);
        other.take = "aaaaaaaaaaaa";
        if (stations.OnBeat("downloader-1", other, second, second)) ++told;
    }
    EXPECT_EQ(told, 1);
}

TEST(Stations, CountsThoseThatRecordNow) {
    auto stations = Kpcc();
    EXPECT_EQ(stations.Recording(1000), 0u);
    stations.OnBeat("downloader-0", Beat("recording", 16000), 1, 1000);
    EXPECT_EQ(stations.Recording(1000.5), 1u);
    stations.OnBeat("downloader-0", Beat("connecting", 16000), 2, 1001);
    EXPECT_EQ(stations.Recording(1001), 0u);
    stations.OnBeat("downloader-0", Beat("recording", 16000), 3, 1002);
    EXPECT_EQ(stations.Recording(1002), 1u);
    EXPECT_EQ(stations.Recording(1010), 0u) << "nobody has said so for seconds";
}

}  // namespace
}  // namespace aircheck::supervisor
