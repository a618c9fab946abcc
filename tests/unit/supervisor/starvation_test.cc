// SPDX-License-Identifier: MIT
#include "supervisor/starvation.h"

#include <gtest/gtest.h>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;
using Bytes = std::vector<std::pair<std::string, std::uint64_t>>;

struct Bench {
    void Beat(const std::string& name, int pid, const Bytes& stations) {
        proto::Heartbeat beat{.name = name, .role = "downloader", .pid = pid};
        for (const auto& [station, bytes] : stations) {
            beat.stations.push_back({.station = station, .bytes = bytes});
        }
        starvation.OnBeat(beat);
    }

    /// Ten seconds of the same beats.
    Names Pass(const Bytes& of_first, const Bytes& of_second) {
        for (int second = 0; second < 10; ++second) {
            clock.Advance(1s);
            Beat("downloader-0", 10, of_first);
            Beat("downloader-1", 11, of_second);
        }
        return starvation.Find(5s);
    }

    time::ManualClock clock{time::SysTime{}};
    Starvation starvation{clock};
};

TEST(Starvation, AnotherRecorderOfTheSameStationGetsBytes) {
    Bench bench;
    EXPECT_EQ(bench.Pass({{"a", 100}}, {{"a", 100}}), Names{});
    EXPECT_EQ(bench.Pass({{"a", 0}}, {{"a", 100}}), Names{"downloader-0"});
    EXPECT_EQ(bench.Pass({{"a", 0}}, {{"a", 100}}), Names{}) << "told once";
}

TEST(Starvation, AStationThatIsSilentIsNobodysFault) {
    Bench bench;
    bench.Pass({{"a", 100}}, {{"b", 100}});
    EXPECT_EQ(bench.Pass({{"a", 0}}, {{"b", 100}}), Names{});
    bench.Pass({{"a", 100}}, {{"a", 100}});
    EXPECT_EQ(bench.Pass({{"a", 0}}, {{"a", 0}}), Names{}) << "everybody's";
}

TEST(Starvation, SeveralStationsAtOnceAreSuspicious) {
    Bench bench;
    bench.Pass({{"a", 100}, {"b", 100}}, {{"c", 100}});
    EXPECT_EQ(bench.Pass({{"a", 0}, {"b", 0}}, {{"c", 100}}), Names{"downloader-0"});
}

TEST(Starvation, AProcessThatNeverGotBytesIsNotReplaced) {
    Bench bench;
    EXPECT_EQ(bench.Pass({{"a", 0}}, {{"a", 100}}), Names{});
    bench.Pass({{"a", 100}}, {{"a", 100}});
    bench.clock.Advance(1s);
    bench.Beat("downloader-0", 20, {{"a", 0}});
    EXPECT_EQ(bench.starvation.Find(5s), Names{});
}

}  // namespace
}  // namespace aircheck::supervisor
