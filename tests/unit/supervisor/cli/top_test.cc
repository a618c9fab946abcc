// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/util/text.h"
#include "supervisor/cli/text_width.h"
#include "supervisor/cli/top_model.h"
#include "supervisor/cli/top_text.h"

namespace aircheck::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

proto::Heartbeat Beat(double time, std::uint64_t bytes,
                      const std::string& worker = "downloader-0") {
    proto::Heartbeat beat{.name = worker,
                          .role = "downloader",
                          .pid = 4242,
                          .generation = 3,
                          .seq = static_cast<std::uint64_t>(time),
                          .time = time,
                          .uptime = time - 1000};
    beat.memory = 24 << 20;
    beat.stations.push_back({.station = "kpcc",
                             .state = "recording",
                             .take = "3f9a2c1d7e05",
                             .bytes = bytes,
                             .bytes_total = static_cast<std::uint64_t>(time) * 16000,
                             .idle = 0.1,
                             .last_recorded = time});
    return beat;
}

TopModel Model() {
    TopModel model;
    model.Apply(proto::Heartbeat{.name = "supervisor",
                                 .role = "supervisor",
                                 .pid = 4000,
                                 .generation = 3,
                                 .seq = 1,
                                 .time = 1003});
    model.Apply(proto::WorkerEvent{.name = "downloader-0",
                                   .role = "downloader",
                                   .event = "died",
                                   .pid = 4241,
                                   .generation = 3,
                                   .restarts = 6,
                                   .time = 1000,
                                   .signal = 11,
                                   .core = true,
                                   .suspect = "kpcc"});
    model.Apply(proto::WorkerEvent{.name = "downloader-0",
                                   .role = "downloader",
                                   .event = "ready",
                                   .pid = 4242,
                                   .generation = 3,
                                   .restarts = 7,
                                   .time = 1001});
    model.Apply(proto::StationEvent{
        .station = "kpcc", .state = "recording", .cause = "stalled", .time = 1001, .bitrate = 128});
    for (const double time : {1001, 1002, 1003}) model.Apply(Beat(time, 16000));
    return model;
}

TEST(TopModel, KeepsTheRateOfEachSecond) {
    TopModel model = Model();
    EXPECT_THAT(model.Rates("kpcc"), ElementsAre(16000, 16000, 16000));
    model.Apply(Beat(1003, 16000));
    EXPECT_EQ(model.Rates("kpcc").size(), 3u) << "a repetition is nothing new";
    model.Apply(Beat(1006.02, 8000));
    EXPECT_THAT(model.Rates("kpcc"), ElementsAre(16000, 16000, 16000, 0, 0, 8000));
    model.Apply(Beat(100000, 1));
    EXPECT_EQ(model.Rates("kpcc").size(), TopModel::kSeconds);
    EXPECT_TRUE(model.Rates("kqed").empty());
}

TEST(TopModel, RemembersWhatWentWrongLast) {
    TopModel model = Model();
    EXPECT_EQ(model.WorkerCause("downloader-0").text, "died: SIGSEGV (core) at kpcc");
    EXPECT_EQ(model.StationCause("kpcc").text, "stalled");
    model.Apply(proto::WorkerEvent{.name = "webapi-0", .event = "died", .time = 5, .code = 3});
    EXPECT_EQ(model.WorkerCause("webapi-0").text, "died: exit code 3");
    model.Apply(proto::WorkerEvent{.name = "pruner-0", .event = "stopped", .time = 5, .code = 0});
    EXPECT_EQ(model.WorkerCause("pruner-0").text, "");
}

TEST(TopText, ShowsStationsAndWorkers) {
    TopModel model = Model();
    model.CountMissed(12);
    const std::string text = TopText(model, "ipc:///var/radio/run/tap", 1003.4, 0, 0);
    EXPECT_THAT(text, HasSubstr("aircheckd PID 4000, generation 3, up 0d 00:00:00"));
    EXPECT_THAT(text, HasSubstr("12 messages missed, ipc:///var/radio/run/tap\n"));
    EXPECT_THAT(text, HasSubstr("kpcc              recording      128  " + std::string(27, ' ') +
                                "▆▆▆   0.4s  3f9a2c1d  stalled, 2.4s ago\n"));
    EXPECT_THAT(text, HasSubstr("downloader-0      ready           4242     3   0d 00:00:03   0.4s"
                                "         7     24 MiB  died: SIGSEGV (core) at kpcc, 3.4s ago\n"));
}

TEST(TopText, FitsTheTerminal) {
    TopModel model = Model();
    auto beat = Beat(1004, 1);
    beat.stations[0].state = "waiting";
    beat.stations[0].cause = std::string(200, 'x') + "日本";
    model.Apply(beat);
    for (const std::size_t columns : {1, 40, 79, 200}) {
        const std::string text = TopText(model, "/", 1004, columns, 5);
        const auto lines = util::Split(text, '\n');
        EXPECT_EQ(lines.size(), 6u) << "five, and the end of the last";
        for (const auto line : lines) EXPECT_LE(TextWidth(line), columns);
    }
}

TEST(TopText, KeepsControlCharactersFromTheTerminal) {
    TopModel model = Model();
    auto beat = Beat(1004, 1);
    beat.stations[0].cause =
        "\x1b[2J\a\xc2\x9b"
        "31m\n\x7f";
    beat.stations[0].take = "\x1b]0;";
    beat.stations[0].state = "\r";
    model.Apply(beat);
    const std::string text = TopText(model, "\x1b", 1004, 0, 0);
    for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(text, Not(HasSubstr("\x7f")));
}

TEST(TopText, StaleBeatsAreSaidToBeSo) {
    EXPECT_THAT(TopText(Model(), "/", 1060, 0, 0), HasSubstr("kpcc              no beat "));
}

TEST(Sparkline, TellsSilenceFromLittle) {
    EXPECT_EQ(Sparkline({0, 1, 50, 100, 200}, 100, 7), "  ▁▂▅██");
    EXPECT_EQ(Sparkline({1, 2, 3}, 3, 2), "▆█");
    EXPECT_EQ(Sparkline({0}, 0, 1), "▁");
    EXPECT_EQ(Sparkline({}, 0, 2), "  ");
}

}  // namespace
}  // namespace aircheck::cli
