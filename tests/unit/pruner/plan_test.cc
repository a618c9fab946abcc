// SPDX-License-Identifier: MIT
#include "pruner/plan.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace aircheck::pruner {
namespace {

using namespace std::chrono_literals;
using catalog::Segment;
using catalog::SegmentState;

const time::SysTime kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20};

config::Config MakeConfig() {
    config::Config config;
    config.min_free = 0;
    for (const char* callsign : {"kpcc", "wxyz"}) {
        config::StationConfig station;
        station.callsign = callsign;
        config.stations.push_back(station);
    }
    return config;
}

/// 100 bytes that ended `age` ago.
Segment Old(std::int64_t id, const std::string& station, time::Micros age,
            SegmentState state = SegmentState::kClosed) {
    Segment segment;
    segment.id = id;
    segment.station = station;
    segment.state = state;
    segment.end = kNow - age;
    segment.start = segment.end - 15min;
    segment.bytes = 100;
    return segment;
}

std::string Text(const std::vector<Removal>& removals) {
    std::string text;
    for (const Removal& removal : removals)
        text += std::to_string(removal.segment.id) + "amf"[static_cast<int>(removal.reason)] + " ";
    return text;
}

std::string Planned(const config::Config& config, const DiskState& disk,
                    const std::vector<Segment>& candidates) {
    return Text(Plan(Rules(config), kNow, disk, candidates));
}

const DiskState kPlenty{{}, 1'000'000};

TEST(Rules, KeepFor14DaysIfNothingIsSaid) {
    const Rules rules(MakeConfig());
    EXPECT_EQ(rules.Of("kpcc").retention, 14 * 24h);
    EXPECT_TRUE(rules.Of("kpcc").configured);
    EXPECT_FALSE(rules.Of("gone").configured);
}

TEST(Rules, KeepWhatIsNotConfiguredByTheDefaults) {
    config::Config config = MakeConfig();
    config.defaults.disk_archive = 3h;
    config.defaults.max_disk = 5;
    config.stations[0].disk_archive = 1h;
    const Rules rules(config);
    EXPECT_EQ(rules.Of("kpcc").retention, 1h);
    EXPECT_EQ(rules.Of("gone").retention, 3h);
    EXPECT_FALSE(rules.Of("gone").max_disk);
}

TEST(Rules, DeleteNothingThatACloudIsToGet) {
    config::Config config = MakeConfig();
    config.cloud.emplace();
    config.stations[0].disk_archive = 1h;
    config.stations[0].cloud_archive = 100h;
    const Rules rules(config);
    EXPECT_EQ(rules.Of("kpcc").retention, 100h);
    EXPECT_EQ(rules.Of("wxyz").retention, 14 * 24h);
}

TEST(Plan, RemovesWhatIsTooOld) {
    config::Config config = MakeConfig();
    config.stations[0].disk_archive = 10h;
    config.stations[1].disk_archive = 20h;
    EXPECT_EQ(Planned(config, kPlenty,
                      {Old(1, "kpcc", 10h), Old(2, "kpcc", 10h + 1us), Old(3, "kpcc", 1h),
                       Old(4, "wxyz", 15h), Old(5, "wxyz", 21h), Old(6, "gone", 21h),
                       Old(7, "gone", 14 * 24h + 1s)}),
              "7a 5a 2a ");
}

TEST(Plan, NeverRemovesAnOpenSegment) {
    config::Config config = MakeConfig();
    config.min_free = 1'000;
    config.defaults.max_disk = 0;
    config.stations[0].max_disk = 0;
    EXPECT_EQ(Planned(config, {{{"kpcc", 200}}, 0},
                      {Old(1, "kpcc", 10'000h, SegmentState::kOpen),
                       Old(2, "kpcc", 10'000h, SegmentState::kUploaded)}),
              "");
}

TEST(Plan, CountsEachCandidateOnce) {
    config::Config config = MakeConfig();
    config.min_free = 200;
    const Segment segment = Old(1, "kpcc", 1h);
    EXPECT_EQ(Planned(config, {{}, 0}, {segment, segment, segment}), "1f ");
}

TEST(Plan, FreesSpaceOldestFirstOverAllStations) {
    config::Config config = MakeConfig();
    config.min_free = 1'000;
    const std::vector<Segment> candidates = {Old(1, "kpcc", 1h), Old(2, "wxyz", 4h),
                                             Old(3, "kpcc", 3h), Old(4, "gone", 2h)};
    EXPECT_EQ(Planned(config, {{}, 1'000}, candidates), "");
    EXPECT_EQ(Planned(config, {{}, 999}, candidates), "2f ");
    EXPECT_EQ(Planned(config, {{}, 900}, candidates), "2f ");
    EXPECT_EQ(Planned(config, {{}, 899}, candidates), "2f 3f ");
    EXPECT_EQ(Planned(config, {{}, 0}, candidates), "2f 3f 4f 1f ");
}

TEST(Plan, KeepsMaxDiskOfAllAndOfEach) {
    config::Config config = MakeConfig();
    const std::vector<Segment> candidates = {Old(1, "kpcc", 1h), Old(2, "wxyz", 4h),
                                             Old(3, "kpcc", 3h), Old(4, "kpcc", 2h)};
    const DiskState disk{{{"kpcc", 300}, {"wxyz", 100}}, 1'000'000};
    config.defaults.max_disk = 400;
    EXPECT_EQ(Planned(config, disk, candidates), "");
    config.defaults.max_disk = 399;
    EXPECT_EQ(Planned(config, disk, candidates), "2m ");
    config.stations[0].max_disk = 150;
    EXPECT_EQ(Planned(config, disk, candidates), "3m 4m ") << "which is enough for all";
    config.defaults.max_disk = 199;
    EXPECT_EQ(Planned(config, disk, candidates), "3m 4m 2m ");
}

TEST(Plan, CountsWhatAgeFreedBeforeItLooksAtSpace) {
    config::Config config = MakeConfig();
    config.min_free = 100;
    EXPECT_EQ(Planned(config, {{}, 0}, {Old(1, "kpcc", 400 * 24h), Old(2, "wxyz", 1h)}), "1a ");
}

TEST(Rules, SayWhenALimitIsExceeded) {
    config::Config config = MakeConfig();
    config.min_free = 10;
    config.defaults.max_disk = 300;
    config.stations[0].max_disk = 100;
    const Rules rules(config);
    EXPECT_FALSE(rules.Exceeded({{{"kpcc", 100}, {"wxyz", 200}}, 10}));
    EXPECT_TRUE(rules.Exceeded({{{"kpcc", 100}, {"wxyz", 200}}, 9}));
    EXPECT_TRUE(rules.Exceeded({{{"kpcc", 101}}, 10}));
    EXPECT_TRUE(rules.Exceeded({{{"wxyz", 301}}, 10}));
}

}  // namespace
}  // namespace aircheck::pruner
