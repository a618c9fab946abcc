// SPDX-License-Identifier: MIT
#include "common/retention/plan.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

namespace aircheck::retention {
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

Segment Saved(Segment segment) {
    segment.object = "origin/" + std::to_string(segment.id);
    return segment;
}

/// "7 everywhere age, 5 upload max_disk"
std::string Text(const std::vector<Step>& steps) {
    std::string text;
    for (const Step& step : steps) {
        if (!text.empty()) text += ", ";
        text += std::to_string(step.segment.id) + " " +
                std::array{"upload", "local", "everywhere",
                           "unsaved"}[static_cast<std::size_t>(step.action)] +
                " " + std::array{"age", "disk", "free"}[static_cast<std::size_t>(step.reason)];
    }
    return text;
}

std::string Planned(const config::Config& config, const DiskState& disk,
                    const std::vector<Segment>& candidates) {
    return Text(Plan(Rules(config), kNow, disk, candidates));
}

const DiskState kPlenty{{}, 1'000'000};

TEST(Rules, KeepFor14DaysIfNothingIsSaid) {
    const Rules rules(MakeConfig());
    EXPECT_EQ(rules.Of("kpcc").archive, 14 * 24h);
    EXPECT_TRUE(rules.Of("kpcc").configured);
    EXPECT_FALSE(rules.Of("gone").configured);
}

TEST(Rules, KeepWhatIsNotConfiguredByTheDefaults) {
    config::Config config = MakeConfig();
    config.defaults.disk_archive = 3h;
    config.defaults.max_disk = 5;
    config.stations[0].disk_archive = 1h;
    const Rules rules(config);
    EXPECT_EQ(rules.Of("kpcc").archive, 1h);
    EXPECT_EQ(rules.Of("gone").archive, 3h);
    EXPECT_FALSE(rules.Of("gone").max_disk);
}

TEST(Rules, DeleteNothingThatACloudIsToGet) {
    config::Config config = MakeConfig();
    config.cloud.emplace();
    config.stations[0].disk_archive = 1h;
    config.stations[0].cloud_archive = 100h;
    const Rules rules(config);
    EXPECT_EQ(rules.Of("kpcc").archive, 100h);
    EXPECT_EQ(rules.Of("wxyz").archive, 14 * 24h);
}

TEST(Plan, RemovesWhatIsTooOld) {
    config::Config config = MakeConfig();
    config.stations[0].disk_archive = 10h;
    config.stations[1].disk_archive = 20h;
    EXPECT_EQ(Planned(config, kPlenty,
                      {Old(1, "kpcc", 10h), Old(2, "kpcc", 10h + 1us), Old(3, "kpcc", 1h),
                       Old(4, "wxyz", 15h), Old(5, "wxyz", 21h), Old(6, "gone", 21h),
                       Old(7, "gone", 14 * 24h + 1s)}),
              "7 everywhere age, 5 everywhere age, 2 everywhere age");
}

TEST(Plan, NeverTouchesAnOpenSegment) {
    config::Config config = MakeConfig();
    config.min_free = 1'000;
    config.defaults.max_disk = 0;
    config.stations[0].max_disk = 0;
    const DiskState disk{{{"kpcc", 200}}, 0};
    const auto open = Old(1, "kpcc", 10'000h, SegmentState::kOpen);
    EXPECT_EQ(Planned(config, disk, {open}), "");
    config.cloud.emplace();
    EXPECT_EQ(Planned(config, disk, {open}), "");
}

TEST(Plan, CountsEachCandidateOnce) {
    config::Config config = MakeConfig();
    config.min_free = 200;
    const Segment segment = Old(1, "kpcc", 1h);
    EXPECT_EQ(Planned(config, {{}, 0}, {segment, segment, segment}), "1 unsaved free");
}

TEST(Plan, FreesSpaceOldestFirstOverAllStations) {
    config::Config config = MakeConfig();
    config.min_free = 1'000;
    const std::vector<Segment> candidates = {Old(1, "kpcc", 1h), Old(2, "wxyz", 4h),
                                             Old(3, "kpcc", 3h), Old(4, "gone", 2h)};
    EXPECT_EQ(Planned(config, {{}, 1'000}, candidates), "");
    EXPECT_EQ(Planned(config, {{}, 999}, candidates), "2 unsaved free");
    EXPECT_EQ(Planned(config, {{}, 900}, candidates), "2 unsaved free");
    EXPECT_EQ(Planned(config, {{}, 899}, candidates), "2 unsaved free, 3 unsaved free");
    EXPECT_EQ(Planned(config, {{}, 0}, candidates),
              "2 unsaved free, 3 unsaved free, 4 unsaved free, 1 unsaved free");
}

TEST(Plan, KeepsMaxDiskOfAllAndOfEach) {
    config::Config config = MakeConfig();
    const std::vector<Segment> candidates = {Old(1, "kpcc", 1h), Old(2, "wxyz", 4h),
                                             Old(3, "kpcc", 3h), Old(4, "kpcc", 2h)};
    const DiskState disk{{{"kpcc", 300}, {"wxyz", 100}}, 1'000'000};
    config.defaults.max_disk = 400;
    EXPECT_EQ(Planned(config, disk, candidates), "");
    config.defaults.max_disk = 399;
    EXPECT_EQ(Planned(config, disk, candidates), "2 unsaved disk");
    config.stations[0].max_disk = 150;
    EXPECT_EQ(Planned(config, disk, candidates), "3 unsaved disk, 4 unsaved disk")
        << "which is enough for all";
    config.defaults.max_disk = 199;
    EXPECT_EQ(Planned(config, disk, candidates), "3 unsaved disk, 4 unsaved disk, 2 unsaved disk");
}

TEST(Plan, CountsWhatAgeFreedBeforeItLooksAtSpace) {
    config::Config config = MakeConfig();
    config.min_free = 100;
    EXPECT_EQ(Planned(config, {{}, 0}, {Old(1, "kpcc", 400 * 24h), Old(2, "wxyz", 1h)}),
              "1 everywhere age");
}

class PlanWithACloud : public ::testing::Test {
protected:
    PlanWithACloud() {
        config_.cloud.emplace();
        config_.defaults.disk_archive = 10h;
        for (auto& station : config_.stations) station.disk_archive = 10h;
    }

    /// Two saved and two unsaved ones, of which 1 and 2 are older.
    std::vector<Segment> Mixed() const {
        return {Old(1, "kpcc", 9h), Saved(Old(2, "wxyz", 8h)), Old(3, "wxyz", 7h),
                Saved(Old(4, "kpcc", 6h))};
    }

    config::Config config_ = MakeConfig();
};

TEST_F(PlanWithACloud, MovesWhatIsOldAndEndsWhatIsTooOld) {
    config_.stations[0].cloud_archive = 100h;
    const std::vector<Segment> candidates = {
        Old(1, "kpcc", 11h),
        Saved(Old(2, "kpcc", 12h)),
        Saved(Old(3, "kpcc", 13h, SegmentState::kUploaded)),
        Old(4, "kpcc", 9h),
        Saved(Old(5, "kpcc", 101h, SegmentState::kUploaded)),
        Saved(Old(6, "kpcc", 102h)),
        Old(7, "kpcc", 103h),
        Saved(Old(8, "gone", 14 * 24h + 1s, SegmentState::kUploaded))};
    EXPECT_EQ(Planned(config_, kPlenty, candidates),
              "8 everywhere age, 7 everywhere age, 6 everywhere age, 5 everywhere age, "
              "2 local age, 1 upload age");
}

TEST_F(PlanWithACloud, WhatIsSafelyStoredGoesFirst) {
    config_.min_free = 1'000;
    const DiskState full{{}, 900, false};
    EXPECT_EQ(Planned(config_, full, Mixed()), "2 local free");
    EXPECT_EQ(Planned(config_, {{}, 700, false}, Mixed()),
              "2 local free, 4 local free, 1 unsaved free");
}

TEST_F(PlanWithACloud, NothingUnsavedGoesWhileUploadsMakeRoom) {
    config_.min_free = 1'000;
    EXPECT_EQ(Planned(config_, {{}, 700, true}, Mixed()),
              "2 local free, 4 local free, 1 upload free, 3 upload free");
    EXPECT_EQ(Planned(config_, {{}, 499, true}, Mixed()),
              "2 local free, 4 local free, 1 unsaved free, 3 unsaved free")
        << "they are too slow";
}

TEST_F(PlanWithACloud, WhatWaitsForTheCloudMakesNoRoomWhileThatIsDown) {
    config_.min_free = 1'000;
    const std::vector<Segment> old = {Old(1, "kpcc", 13h), Old(2, "wxyz", 12h),
                                      Old(3, "kpcc", 11h)};
    EXPECT_EQ(Planned(config_, {{}, 900, true}, old), "1 upload age, 2 upload age, 3 upload age");
    EXPECT_EQ(Planned(config_, {{}, 900, false}, old),
              "1 unsaved free, 2 upload age, 3 upload age");
}

TEST_F(PlanWithACloud, MaxDiskMovesAndNeverDeletesWhatIsNowhereElse) {
    config_.defaults.max_disk = 250;
    const DiskState disk{{{"kpcc", 200}, {"wxyz", 200}}, 1'000'000};
    EXPECT_EQ(Planned(config_, disk, Mixed()), "2 local disk, 4 local disk");
    config_.defaults.max_disk = 150;
    EXPECT_EQ(Planned(config_, disk, Mixed()), "2 local disk, 4 local disk, 1 upload disk");
    DiskState down = disk;
    down.cloud_works = false;
    EXPECT_EQ(Planned(config_, down, Mixed()), "2 local disk, 4 local disk, 1 upload disk");
    config_.stations[1].max_disk = 0;
    EXPECT_EQ(Planned(config_, disk, Mixed()), "2 local disk, 4 local disk, 3 upload disk");
}

TEST_F(PlanWithACloud, UploadsAheadWhenRoomGetsShort) {
    config_.min_free = 1'000;
    const std::vector<Segment> unsaved = {Old(1, "kpcc", 3h), Old(2, "kpcc", 2h),
                                          Old(3, "kpcc", 1h)};
    EXPECT_EQ(Planned(config_, {{}, 1'250, true}, unsaved), "");
    EXPECT_EQ(Planned(config_, {{}, 1'249, true}, unsaved), "1 upload free");
    EXPECT_EQ(Planned(config_, {{}, 1'100, true}, unsaved), "1 upload free, 2 upload free");
    EXPECT_EQ(Planned(config_, {{}, 1'200, true}, {unsaved[0], Saved(Old(4, "kpcc", 4h))}), "")
        << "there is something that can go without a loss";
}

TEST(Plan, LeavesObjectsOfACloudThatIsNotConfiguredAnyMore) {
    config::Config config = MakeConfig();
    config.defaults.max_disk = 150;
    EXPECT_EQ(Planned(config, {{{"kpcc", 200}}, 1'000'000},
                      {Old(1, "kpcc", 2h), Saved(Old(2, "kpcc", 1h))}),
              "2 local disk");
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

TEST(FreeSpace, IsMeasured) {
    EXPECT_GT(MeasureFreeSpace("/tmp"), 0U);
    EXPECT_THROW(MeasureFreeSpace("/nowhere/at/all"), std::system_error);
}

TEST(Why, IsASentenceForPeople) {
    config::Config config = MakeConfig();
    const Step ended{Old(1, "kpcc", 1h), Action::kDeleteEverywhere, Reason::kAge};
    EXPECT_EQ(Why(Rules(config), ended), "older than it is to be kept, 2w");
    config.cloud.emplace();
    config.min_free = 2048;
    config.defaults.max_disk = 4096;
    const Rules rules(config);
    EXPECT_EQ(Why(rules, ended), "older than cloud_archive, 2w");
    EXPECT_EQ(Why(rules, {Old(1, "kpcc", 1h), Action::kUpload, Reason::kAge}),
              "older than disk_archive, 1.2d");
    EXPECT_EQ(Why(rules, {Old(1, "kpcc", 1h), Action::kUpload, Reason::kMaxDisk}),
              "more than max_disk, 4 KiB");
    EXPECT_EQ(Why(rules, {Old(1, "kpcc", 1h), Action::kUpload, Reason::kMinFree}),
              "room is getting short; min_free is 2 KiB");
    EXPECT_EQ(Why(rules, {Old(1, "kpcc", 1h), Action::kDeleteUnsaved, Reason::kMinFree}),
              "less is free than min_free, 2 KiB");
}

}  // namespace
}  // namespace aircheck::retention
