// SPDX-License-Identifier: MIT
#include "webapi/looking/vitals.h"

#include <gtest/gtest.h>

#include "proto/beat.h"
#include "tests/unit/webapi/fake_recording.h"

namespace aircheck::webapi {
namespace {

class VitalsTest : public testing::Test {
protected:
    proto::Heartbeat Beat(const char* name, const char* role) {
        proto::Heartbeat beat;
        beat.name = name;
        beat.role = role;
        beat.memory = 10;
        beat.memory_peak = 20;
        beat.threads = 2;
        beat.hits = 5;
        beat.connections = 3;
        return beat;
    }

    time::ManualClock clock_{At("20261120T200000Z")};
    Vitals vitals_{clock_};
};

TEST_F(VitalsTest, SumsWhatIsFresh) {
    vitals_.Feed(Beat("webapi-0", "webapi"));
    vitals_.Feed(Beat("webapi-0", "webapi"));
    clock_.Advance(8_s);
    vitals_.Feed(Beat("webapi-1", "webapi"));
    EXPECT_EQ(vitals_.Sum().memory, 20u);
    EXPECT_EQ(vitals_.Sum().memory_peak, 40u);
    EXPECT_EQ(vitals_.Sum().hits, 10u);
    EXPECT_EQ(vitals_.Sum().connections, 6);
    clock_.Advance(3_s);
    EXPECT_EQ(vitals_.Sum().hits, 5u);
    EXPECT_EQ(vitals_.Fresh().size(), 1u);
}

TEST_F(VitalsTest, KnowsTheStations) {
    EXPECT_EQ(vitals_.StateOf("kpcc"), "unknown");
    EXPECT_EQ(vitals_.FindStation("kpcc"), nullptr);
    auto beat = Beat("downloader-0", "downloader");
    beat.stations = {{.station = "kpcc", .state = "recording", .last_recorded = 100},
                     {.station = "kcrw", .state = "waiting", .last_recorded = 90}};
    vitals_.Feed(beat);
    EXPECT_EQ(vitals_.StateOf("kpcc"), "recording");
    EXPECT_EQ(vitals_.LastRecorded(), 100);

    // A downloader that has just been started does not make us forget.
    beat.stations[0].last_recorded = 0;
    beat.stations[0].state = "connecting";
    vitals_.Feed(beat);
    EXPECT_EQ(vitals_.StateOf("kpcc"), "connecting");
    EXPECT_EQ(vitals_.LastRecorded(), 100);
    clock_.Advance(60_s);
    EXPECT_EQ(vitals_.StateOf("kpcc"), "unknown");
    EXPECT_EQ(vitals_.LastRecorded(), 100);
}

TEST_F(VitalsTest, KnowsBeforeTheNextBeatThatAStationIsRecorded) {
    auto beat = Beat("downloader-0", "downloader");
    beat.stations = {{.station = "kpcc", .state = "connecting", .cause = "refused"}};
    vitals_.Feed(beat);
    vitals_.Feed(proto::StationEvent{.station = "kpcc", .state = "recording"});
    EXPECT_EQ(vitals_.StateOf("kpcc"), "recording");
    EXPECT_EQ(vitals_.FindStation("kpcc")->beat.cause, "");
    vitals_.Feed(beat);
    EXPECT_EQ(vitals_.StateOf("kpcc"), "connecting");
}

TEST_F(VitalsTest, AddsBitrates) {
    vitals_.Feed(proto::StationEvent{.station = "kpcc", .bitrate = 128});
    vitals_.Feed(proto::StationEvent{.station = "kcrw", .bitrate = 64});
    vitals_.Feed(proto::StationEvent{.station = "kcrw", .state = "waiting", .bitrate = 0});
    EXPECT_EQ(vitals_.Bitrate(), 192);
    EXPECT_EQ(vitals_.FindStation("kcrw")->bitrate, 64);
}

TEST_F(VitalsTest, KnowsOtherMachinesUntilTheyAreForgotten) {
    vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.7", .event = "heard", .heard = 1});
    vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.8", .event = "heard", .heard = 2});
    vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.7", .event = "silent", .heard = 3});
    ASSERT_EQ(vitals_.machines().size(), 2u);
    EXPECT_EQ(vitals_.machines().at("10.0.0.7").event, "silent");
    EXPECT_EQ(vitals_.machines().at("10.0.0.7").heard, 3);
    vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.7", .event = "forgotten", .heard = 3});
    EXPECT_EQ(vitals_.machines().size(), 1u);
}

TEST_F(VitalsTest, RemembersNoMoreMachinesThanThereCanBe) {
    for (std::size_t i = 0; i < 3 * proto::kMaxMachines; ++i) {
        vitals_.Feed(proto::MachineEvent{.machine = std::to_string(i), .event = "heard"});
    }
    EXPECT_EQ(vitals_.machines().size(), 2 * proto::kMaxMachines);
    vitals_.Feed(proto::MachineEvent{.machine = "0", .event = "silent"});
    EXPECT_EQ(vitals_.machines().at("0").event, "silent");
}

TEST_F(VitalsTest, TellsUptimeAndNextPrune) {
    EXPECT_EQ(vitals_.Uptime(), std::nullopt);
    EXPECT_EQ(vitals_.NextPrune(), std::nullopt);
    auto supervisor = Beat("supervisor", "supervisor");
    supervisor.uptime = 100.5;
    vitals_.Feed(supervisor);
    auto pruner = Beat("pruner-0", "pruner");
    pruner.next_prune = time::ToUnixSeconds(clock_.Now()) + 5;
    vitals_.Feed(pruner);
    clock_.Advance(2_s);
    EXPECT_EQ(vitals_.Uptime(), std::chrono::seconds{102});
    EXPECT_DOUBLE_EQ(*vitals_.NextPrune(), 3);
    clock_.Advance(6_s);
    EXPECT_EQ(vitals_.NextPrune(), 0);
}

}  // namespace
}  // namespace aircheck::webapi
