// SPDX-License-Identifier: MIT
#include "supervisor/cli/status_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "common/util/text.h"
#include "supervisor/cli/status_model.h"

namespace aircheck::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

proto::Heartbeat Beat(std::uint64_t seq) {
    proto::Heartbeat beat;
    beat.name = "downloader-0";
    beat.role = "downloader";
    beat.pid = 4242;
    beat.seq = seq;
    beat.time = 1000.0 + static_cast<double>(seq);
    beat.uptime = static_cast<double>(seq);
    beat.memory = 24 << 20;
    proto::StationBeat station;
    station.station = "kpcc";
    station.state = "recording";
    station.take = "3f9a2c1d7e05";
    station.bytes = 16000;
    station.bytes_total = 16000 * seq;
    station.last_recorded = beat.time;
    beat.stations.push_back(station);
    return beat;
}

StatusModel Model() {
    StatusModel model;
    proto::Heartbeat own;
    own.name = own.role = "supervisor";
    own.pid = 4000;
    own.seq = 1;
    model.Apply(own);
    model.Apply(proto::WorkerEvent{
        .name = "downloader-0", .role = "downloader", .event = "ready", .pid = 4242});
    for (std::uint64_t seq = 1; seq <= 3; ++seq) model.Apply(Beat(seq));
    return model;
}

TEST(Status, ShowsWorkersAndStations) {
    const std::string text = StatusText(Model(), "/var/radio", 1003.4, 0, 0);
    EXPECT_THAT(text, HasSubstr("aircheckd PID 4000"));
    EXPECT_THAT(text, HasSubstr("downloader-0         4242 ready      0d 00:00:03        0"));
    EXPECT_THAT(text, HasSubstr("kpcc           recording  16.0 kB/s      - 3f9a2c1d "));
}

TEST(Status, AStationThatHasFallenSilentIsNoted) {
    auto model = Model();
    model.Apply(proto::SilenceEvent{.station = "kpcc", .silent = true, .since = 940});
    EXPECT_THAT(StatusText(model, "/", 1000, 0, 0), HasSubstr("silent for 60s"));
    EXPECT_THAT(StatusJson(model, "/", 1000), HasSubstr("\"silent_age\":6E1"));
    model.Apply(proto::SilenceEvent{.station = "kpcc", .since = 940, .until = 1001});
    EXPECT_THAT(StatusText(model, "/", 1002, 0, 0), Not(HasSubstr("silent")));
}

TEST(Status, AnEventBringsTheBitrate) {
    auto model = Model();
    proto::StationEvent event;
    event.station = "kpcc";
    event.bitrate = 128;
    model.Apply(event);
    EXPECT_THAT(StatusText(model, "/", 1003.4, 0, 0), HasSubstr("16.0 kB/s    128 3f9a2c1d "));
}

TEST(Status, ABeatSeenTwiceCountsOnce) {
    auto model = Model();
    model.Apply(Beat(3));
    EXPECT_DOUBLE_EQ(model.stations().at("kpcc").rate, 16000);
}

TEST(Status, WithoutBeatsNothingIsRecorded) {
    const std::string text = StatusText(Model(), "/var/radio", 1060, 0, 0);
    EXPECT_THAT(text, HasSubstr("no beat     0.0 kB/s"));
    EXPECT_THAT(text, HasSubstr("57s"));
}

TEST(Status, AWorkerThatStartedAnewHasNoUptimeYet) {
    auto model = Model();
    model.Apply(proto::WorkerEvent{.name = "downloader-0",
                                   .role = "downloader",
                                   .event = "started",
                                   .pid = 4343,
                                   .restarts = 1});
    const std::string text = StatusText(model, "/var/radio", 1003, 0, 0);
    EXPECT_THAT(text, HasSubstr("4343 starting             -        1"));
}

TEST(Status, AWorkerThatGaveUpBeforeItsFirstBeatIsNotTheOneBefore) {
    auto model = Model();
    model.Apply(proto::WorkerEvent{.name = "downloader-0",
                                   .role = "downloader",
                                   .event = "failed",
                                   .pid = 4343,
                                   .restarts = 1});
    const std::string text = StatusText(model, "/var/radio", 1003, 0, 0);
    EXPECT_THAT(text, HasSubstr("4343 failed               -        1"));
}

TEST(Status, FitsTheTerminal) {
    auto model = Model();
    auto beat = Beat(4);
    beat.stations[0].state = "waiting";
    beat.stations[0].cause = "a caus\xc3\xa9 that is much too long for the rest of the line";
    model.Apply(beat);
    const std::string text = StatusText(model, "/var/radio", 1004, 80, 7);
    const auto lines = util::Split(text, '\n');
    EXPECT_EQ(lines.size(), 8u);  // seven, and nothing after the last line feed
    for (const auto line : lines) {
        EXPECT_LE(line.size(), 80u) << line;
        EXPECT_TRUE(util::IsUtf8(line)) << line;
    }
    for (std::size_t columns = 0; columns < 100; ++columns) {
        EXPECT_TRUE(util::IsUtf8(StatusText(model, "/var/radio", 1004, columns, 0)));
    }
}

TEST(Status, JsonForPrograms) {
    const auto json = boost::json::parse(StatusJson(Model(), "/var/radio", 1003.5)).as_object();
    EXPECT_EQ(json.at("pid").as_int64(), 4000);
    const auto& worker = json.at("workers").as_array().at(0).as_object();
    EXPECT_EQ(worker.at("state").as_string(), "ready");
    EXPECT_DOUBLE_EQ(worker.at("beat_age").as_double(), 0.5);
    const auto& station = json.at("stations").as_array().at(0).as_object();
    EXPECT_EQ(station.at("station").as_string(), "kpcc");
    EXPECT_DOUBLE_EQ(station.at("rate").as_double(), 16000);
}

TEST(Status, NamesTheMachinesThatAreSilent) {
    auto model = Model();
    EXPECT_THAT(StatusText(model, "/", 1003, 0, 0), Not(HasSubstr("MACHINES")));
    model.Apply(proto::MachineEvent{.machine = "10.0.0.7", .event = "heard", .heard = 900});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.8", .event = "silent", .heard = 943});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.9/attic", .event = "silent"});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.10", .event = "silent", .heard = 1});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.10", .event = "returned", .heard = 1000});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.11", .event = "silent", .heard = 1});
    model.Apply(proto::MachineEvent{.machine = "10.0.0.11", .event = "forgotten", .heard = 1});
    const std::string text = StatusText(model, "/", 1003, 0, 0);
    EXPECT_THAT(text, HasSubstr("\nMACHINES  2 beating, 2 silent\n"));
    EXPECT_THAT(text, HasSubstr("\n10.0.0.8                         silent, last heard 60s ago\n"));
    EXPECT_THAT(text, HasSubstr("\n10.0.0.9/attic                   silent, never heard\n"));

    const auto json = boost::json::parse(StatusJson(model, "/", 1003)).as_object();
    const auto& machines = json.at("machines").as_array();
    ASSERT_EQ(machines.size(), 4u);  // by name
    EXPECT_EQ(machines[0].at("machine").as_string(), "10.0.0.10");
    EXPECT_EQ(machines[0].at("state").as_string(), "beating");
    EXPECT_EQ(machines[2].at("state").as_string(), "silent");
    EXPECT_DOUBLE_EQ(machines[2].at("last_age").as_double(), 60);
    EXPECT_TRUE(machines[3].at("last_age").is_null());
}

TEST(Status, Ages) {
    EXPECT_EQ(FormatAge(0.44), "0.4s");
    EXPECT_EQ(FormatAge(59), "59s");
    EXPECT_EQ(FormatAge(180), "3m");
    EXPECT_EQ(FormatAge(5 * 3600), "5h");
    EXPECT_EQ(FormatAge(3 * 86400), "3d");
}

}  // namespace
}  // namespace aircheck::cli
