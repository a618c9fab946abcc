// SPDX-License-Identifier: MIT
#include "proto/messages.h"

#include "proto/endpoints.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace aircheck::proto {
namespace {

using Kind = DecodeError::Kind;

StationBeat FullStationBeat() {
    return {.station = "kpcc",
            .state = "recording",
            .take = "0123abcd4567",
            .file = "kpcc/streams/x.mp3.part",
            .bytes = 16000,
            .bytes_total = ~std::uint64_t{0},
            .frames_total = 12,
            .frames = 7,
            .skipped = 8,
            .connects = 13,
            .breaks = 14,
            .idle = 0.25,
            .last_recorded = 1795298400.123457,
            .cause = "quoted \" \\ \n and é"};
}

Heartbeat FullHeartbeat() {
    return {.name = "downloader-0",
            .role = "downloader",
            .pid = 1,
            .generation = 2,
            .seq = 3,
            .time = 1795298400.000001,
            .uptime = 0.000001,
            .bytes = 4,
            .bytes_total = 5,
            .memory = 6,
            .memory_peak = 7,
            .threads = 8,
            .files = 9,
            .connections = 10,
            .hits = 11,
            .next_prune = 4000000000.999999,
            .stations = {FullStationBeat(), StationBeat{.station = "b", .state = "waiting"}}};
}

class EveryMessage : public testing::TestWithParam<Message> {};

TEST_P(EveryMessage, ComesBackEqual) {
    const auto decoded = Decode(Topic(GetParam()), Encode(GetParam()));
    const auto* error = std::get_if<DecodeError>(&decoded);
    ASSERT_EQ(nullptr, error) << error->reason;
    EXPECT_EQ(GetParam(), std::get<Message>(decoded));
}

TEST_P(EveryMessage, IsRefusedWhenTruncated) {
    const std::string topic = Topic(GetParam());
    const std::string json = Encode(GetParam());
    for (std::size_t size = 0; size < json.size(); ++size) {
        const auto decoded = Decode(topic, json.substr(0, size));
        ASSERT_TRUE(std::holds_alternative<DecodeError>(decoded)) << size;
        EXPECT_EQ(Kind::kMalformed, std::get<DecodeError>(decoded).kind);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Messages, EveryMessage,
    testing::Values(FullHeartbeat(), Ready{.name = "webapi-0", .pid = 1, .generation = 2},
                    Command{.command = "stop"},
                    Command{.command = "bitrate", .station = "kpcc", .kbps = 128},
                    Rejected{.reason = "no", .version = 1},
                    WorkerEvent{.name = "pruner-0",
                                .role = "pruner",
                                .event = "died",
                                .pid = 1,
                                .generation = 2,
                                .restarts = 3,
                                .time = 4.5,
                                .code = 0,
                                .signal = 9,
                                .retry = 0.25},
                    StationEvent{.station = "kpcc",
                                 .state = "waiting",
                                 .cause = "stalled",
                                 .take = "0123abcd4567",
                                 .url = "http://a/",
                                 .time = 1,
                                 .bitrate = 64},
                    SegmentEvent{.station = "kpcc",
                                 .take = "0123abcd4567",
                                 .event = "closed",
                                 .file = "a.mp3",
                                 .start = 1,
                                 .end = 2,
                                 .bytes = 3},
                    TitleEvent{.station = "kpcc", .title = "t", .url = "u", .time = 1},
                    SilenceEvent{.station = "kpcc", .silent = true, .since = 1, .time = 2},
                    LogEvent{.name = "pruner-0", .lines = {"a", "b"}, .last = 7, .time = 1},
                    SilenceEvent{.station = "kpcc", .since = 1, .until = 3, .time = 3},
                    MachineEvent{
                        .machine = "10.0.0.8/attic", .event = "silent", .heard = 1, .time = 2}));

TEST(Messages, TopicsNameTheirSubject) {
    EXPECT_EQ("heartbeat.downloader-0", Topic(FullHeartbeat()));
    EXPECT_EQ("ready.webapi-0", Topic(Ready{.name = "webapi-0"}));
    EXPECT_EQ("command", Topic(Command{}));
    EXPECT_EQ("rejected", Topic(Rejected{}));
    EXPECT_EQ("worker.pruner-0", Topic(WorkerEvent{.name = "pruner-0"}));
    EXPECT_EQ("station.kpcc", Topic(StationEvent{.station = "kpcc"}));
    EXPECT_EQ("segment.kpcc", Topic(SegmentEvent{.station = "kpcc"}));
    EXPECT_EQ("log.supervisor", Topic(LogEvent{.name = "supervisor"}));
    EXPECT_EQ("silence.kpcc", Topic(SilenceEvent{.station = "kpcc"}));
    EXPECT_EQ("title.kpcc", Topic(TitleEvent{.station = "kpcc"}));
    EXPECT_EQ("machine.10.0.0.8/attic", Topic(MachineEvent{.machine = "10.0.0.8/attic"}));
}

TEST(Messages, ReadsDefaultsAndIgnoresUnknownFields) {
    const auto decoded =
        Decode("heartbeat.a", R"({"v":1,"name":"a","role":"future","pid":2,"generation":3,)"
                              R"("seq":4,"time":5,"next_prune":null,"future":[{}]})");
    const Heartbeat expected{
        .name = "a", .role = "future", .pid = 2, .generation = 3, .seq = 4, .time = 5};
    ASSERT_TRUE(std::holds_alternative<Message>(decoded));
    EXPECT_EQ(Message(expected), std::get<Message>(decoded));
}

TEST(Messages, ReadsFieldsInAnyOrder) {
    const auto decoded = Decode(
        "heartbeat.a",
        R"({"hits":9,"stations":[{"bytes":7,"state":"x","":0,"station":"b"}],"time":5,"unknown":1,)"
        R"("seq":4,"generation":3,"pid":2,"role":"r","name":"a","v":1,"uptime":6})");
    const Heartbeat expected{.name = "a",
                             .role = "r",
                             .pid = 2,
                             .generation = 3,
                             .seq = 4,
                             .time = 5,
                             .uptime = 6,
                             .hits = 9,
                             .stations = {{.station = "b", .state = "x", .bytes = 7}}};
    ASSERT_TRUE(std::holds_alternative<Message>(decoded));
    EXPECT_EQ(Message(expected), std::get<Message>(decoded));
}

TEST(Messages, CutsOverlongTextAtAWholeCharacter) {
    std::string title;
    while (title.size() < 5000) title += "é";
    const TitleEvent event{.station = "kpcc", .title = "x" + title, .url = "", .time = 1};
    const auto decoded = Decode(Topic(event), Encode(event));
    ASSERT_TRUE(std::holds_alternative<Message>(decoded));
    EXPECT_EQ(event.title.substr(0, 4095), std::get<TitleEvent>(std::get<Message>(decoded)).title);
}

struct Refusal {
    const char* topic;
    std::string json;
    Kind kind;
    const char* reason;  // some words of it
};

class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, SaysWhy) {
    const auto decoded = Decode(GetParam().topic, GetParam().json);
    ASSERT_TRUE(std::holds_alternative<DecodeError>(decoded));
    const auto& error = std::get<DecodeError>(decoded);
    EXPECT_EQ(GetParam().kind, error.kind);
    EXPECT_NE(std::string::npos, error.reason.find(GetParam().reason)) << error.reason;
}

std::string ReadyWith(const std::string& fields) {
    return R"({"v":1,)" + fields + "}";
}

std::string StationWith(const std::string& fields) {
    return R"({"v":1,"station":"a","state":"x",)" + fields + "}";
}

std::string Beat(const std::string& stations) {
    return R"({"v":1,"name":"a","role":"x","pid":2,"generation":3,"seq":4,"time":5,"stations":)" +
           stations + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        Refusal{"ready.a", std::string(kMaxMessageBytes + 1, ' '), Kind::kOversized, "longer"},
        Refusal{"", "{}", Kind::kUnknownTopic, "topic"},
        Refusal{"readies.a", "{}", Kind::kUnknownTopic, "topic"},
        Refusal{"commands", "{}", Kind::kUnknownTopic, "topic"},
        Refusal{"ready.a", "", Kind::kMalformed, "JSON"},
        Refusal{"ready.a", "\xff", Kind::kMalformed, "JSON"},
        Refusal{"ready.a", std::string(100000, '['), Kind::kMalformed, "JSON"},
        Refusal{"ready.a", "[]", Kind::kMalformed, "object"},
        Refusal{"ready.a", "{}", Kind::kMalformed, "v: missing"},
        Refusal{"ready.a", R"({"v":"1"})", Kind::kMalformed, "v: "},
        Refusal{"ready.a", R"({"v":1.0})", Kind::kMalformed, "v: "},
        Refusal{"ready.a", R"({"v":2})", Kind::kUnknownVersion, "version 2"},
        Refusal{"ready.a", R"({"v":-1})", Kind::kUnknownVersion, "version -1"},
        Refusal{"ready.a", ReadyWith(R"("pid":1,"generation":1)"), Kind::kMalformed,
                "name: missing"},
        Refusal{"ready.a", ReadyWith(R"("name":7,"pid":1,"generation":1)"), Kind::kMalformed,
                "name: not a text"},
        Refusal{"ready.A", ReadyWith(R"("name":"A","pid":1,"generation":1)"), Kind::kMalformed,
                "name: "},
        Refusal{"ready.", ReadyWith(R"("name":"","pid":1,"generation":1)"), Kind::kMalformed,
                "name: "},
        Refusal{"ready.b", ReadyWith(R"("name":"a","pid":1,"generation":1)"), Kind::kMalformed,
                "ready.a"},
        Refusal{"ready.a", ReadyWith(R"("name":"a","pid":0,"generation":1)"), Kind::kMalformed,
                "pid: not a whole number from 1"},
        Refusal{"ready.a", ReadyWith(R"("name":"a","pid":1.5,"generation":1)"), Kind::kMalformed,
                "pid: "},
        Refusal{"ready.a", ReadyWith(R"("name":"a","pid":2147483648,"generation":1)"),
                Kind::kMalformed, "pid: "},
        Refusal{"ready.a", ReadyWith(R"("name":"a","pid":1,"generation":-1)"), Kind::kMalformed,
                "generation: "},
        Refusal{"station.a", StationWith(R"("time":-1)"), Kind::kMalformed, "time: "},
        Refusal{"station.a", StationWith(R"("time":1e999)"), Kind::kMalformed, "number"},
        Refusal{"station.a", StationWith(R"("time":1e300)"), Kind::kMalformed, "time: "},
        Refusal{"station.a", StationWith(R"("time":1e10)"), Kind::kMalformed, "time: "},
        Refusal{"station.a", StationWith(R"("time":"1")"), Kind::kMalformed, "time: "},
        Refusal{"station.a", StationWith(R"("time":1,"url":")" + std::string(4097, 'x') + '"'),
                Kind::kMalformed, "url: longer"},
        Refusal{"heartbeat.a", Beat("{}"), Kind::kMalformed, "stations: not an array"},
        Refusal{"heartbeat.a", Beat("[1]"), Kind::kMalformed, "stations[0]: not an object"},
        Refusal{"heartbeat.a",
                Beat(R"([{"station":"a","state":"x"},{"station":"b","state":"x","bytes":-1}])"),
                Kind::kMalformed, "stations[1].bytes: not a whole number from 0"},
        Refusal{"heartbeat.a", Beat(R"([{"station":"a","state":""}])"), Kind::kMalformed,
                "stations[0].state: empty"},
        Refusal{"command", R"({"v":1,"command":"bitrate","kbps":128})", Kind::kMalformed,
                "bitrate"}));

TEST(Endpoints, LieInTheRunFolder) {
    EXPECT_EQ("ipc:///var/radio/run/control-2", ControlEndpoint("/var/radio", 2));
    EXPECT_EQ("ipc:///var/radio/run/tap", TapEndpoint("/var/radio"));
    EXPECT_EQ("ipc:///var/radio/run/tap-2", TapEndpoint("/var/radio", 2));
}

TEST(Endpoints, FitIntoASocketAddress) {
    const std::string storage(kMaxStoragePath, 'x');
    constexpr std::size_t kSocketPath = 107;
    EXPECT_LE(ControlEndpoint(storage, 99'999'999).size() - std::string("ipc://").size(),
              kSocketPath);
}

}  // namespace
}  // namespace aircheck::proto
