// SPDX-License-Identifier: MIT
#include "common/archive/cloud_segments.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/archive/reindex.h"
#include "common/storage/origin.h"
#include "tests/unit/support/fake_store.h"
#include "tests/unit/support/mpeg_frames.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
using catalog::SegmentState;
using storage::SegmentName;

constexpr char kOrigin[] = "5f3c00112233";
const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};
constexpr test::MpegShape kShape{128, 48'000};
constexpr auto kFrame = 24ms;

class StoredSegmentsTest : public testing::Test {
protected:
    StoredSegmentsTest() { layout_.CreateStation("kpcc"); }

    static SegmentName NameOf(const std::string& take, time::SysTime start) {
        return {"kpcc", std::chrono::floor<std::chrono::seconds>(start), take, audio::Codec::kMpeg,
                false};
    }
    static std::string Sound(std::uint32_t first, std::uint32_t count) {
        const auto frames = test::MpegFrames(first, count, kShape);
        return {reinterpret_cast<const char*>(frames.data()), frames.size()};
    }
    std::string Store(const std::string& take, std::uint32_t first, std::uint32_t count) {
        auto key = storage::ObjectKey(
            kOrigin, storage::Layout::RelativeSegmentPath(NameOf(take, kNoon + first * kFrame)));
        cloud_.Set(key, Sound(first, count));
        return key;
    }
    SegmentName Record(const std::string& take, std::uint32_t first, std::uint32_t count,
                       time::Micros misnamed = {}) const {
        const auto name = NameOf(take, kNoon + first * kFrame + misnamed);
        std::ofstream(layout_.Resolve(storage::Layout::RelativeSegmentPath(name)))
            << Sound(first, count);
        return name;
    }
    ReindexReport Reindex() {
        return ReindexStation(layout_, catalog_, "kpcc",
                              {.stored = CloudSegments(store_, kOrigin)});
    }

    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
    catalog::Catalog catalog_{layout_.Catalog(), catalog::Catalog::Mode::kReadWrite};
    test::FakeCloud cloud_;
    test::FakeStore store_{cloud_};
};

TEST_F(StoredSegmentsTest, AreMeasuredAsFilesAre) {
    const auto key = Store("aaaaaaaaaaaa", 0, 1000);
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 1}));
    const auto rows = catalog_.AllSegments("kpcc");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].state, SegmentState::kUploaded);
    EXPECT_EQ(rows[0].object, key);
    EXPECT_EQ(rows[0].start, kNoon);
    EXPECT_EQ(rows[0].end, kNoon + 1000 * kFrame);
    EXPECT_EQ(rows[0].frames, 1000U);
    const auto index = catalog_.Index(rows[0].id);
    const auto marks = catalog_.Marks(rows[0].id);

    catalog_.RemoveSegment(rows[0].id);
    Record("aaaaaaaaaaaa", 0, 1000);
    ReindexStation(layout_, catalog_, "kpcc");
    const auto file = catalog_.AllSegments("kpcc").at(0);
    EXPECT_EQ(catalog_.Index(file.id), index);
    EXPECT_EQ(catalog_.Marks(file.id), marks);
}

TEST_F(StoredSegmentsTest, GoOnInFilesOfTheirTake) {
    Store("aaaaaaaaaaaa", 0, 500);
    Store("aaaaaaaaaaaa", 500, 500);
    Record("aaaaaaaaaaaa", 1000, 500);
    Record("bbbbbbbbbbbb", 1400, 500);
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 4}));
    const auto rows = catalog_.SegmentsOfTake("aaaaaaaaaaaa");
    ASSERT_EQ(rows.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(rows[i].take_sample, i * 500 * 1152);
    EXPECT_EQ(catalog_.SplicesInto("bbbbbbbbbbbb").size(), 1U);
    EXPECT_EQ(Reindex(), (ReindexReport{.known = 4}));
}

TEST_F(StoredSegmentsTest, WhatIsHereAsWellIsReadHere) {
    Store("aaaaaaaaaaaa", 0, 100);
    Record("aaaaaaaaaaaa", 0, 100);
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 1}));
    EXPECT_EQ(cloud_.bytes_read, 0U);
    EXPECT_EQ(catalog_.AllSegments("kpcc").at(0).state, SegmentState::kClosed);
}

TEST_F(StoredSegmentsTest, OfAFileThatGotAnotherNameAreThatFile) {
    const auto key = Store("aaaaaaaaaaaa", 0, 100);
    Record("aaaaaaaaaaaa", 0, 100, 3s);
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 1}));
    const auto rows = catalog_.AllSegments("kpcc");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].state, SegmentState::kClosed);
    EXPECT_EQ(rows[0].object, key);
}

TEST_F(StoredSegmentsTest, AreWhatAnOlderCatalogTakesForFiles) {
    const auto name = Record("aaaaaaaaaaaa", 0, 100);
    Record("bbbbbbbbbbbb", 200, 100);
    Reindex();
    const auto row = catalog_.AllSegments("kpcc").at(0);
    std::filesystem::remove(layout_.Resolve(row.path));
    cloud_.Set(storage::ObjectKey(kOrigin, row.path), Sound(0, 99) + Sound(300, 1));
    EXPECT_EQ(Reindex().added, 0U);
    EXPECT_EQ(catalog_.FindSegment(row.id), row) << "that is another sound";
    const auto key = Store("aaaaaaaaaaaa", 0, 100);
    EXPECT_EQ(Reindex().added, 1U);
    const auto moved = catalog_.FindSegment(row.id);
    EXPECT_EQ(moved->state, SegmentState::kUploaded);
    EXPECT_EQ(moved->object, key);
    EXPECT_EQ(moved->start, row.start);
    EXPECT_EQ(Reindex().known, 2U);
}

TEST_F(StoredSegmentsTest, LeavesForeignObjectsAndThoseOfOthers) {
    Store("aaaaaaaaaaaa", 0, 100);
    cloud_.Set("5f3c00112233/kpcc/streams/notes.txt", "mine");
    cloud_.Set("000000000000/kpcc/streams/kpcc-20261120T120000Z-bbbbbbbbbbbb.mp3", Sound(0, 10));
    cloud_.Set(storage::ObjectKey(
                   kOrigin, storage::Layout::RelativeSegmentPath(NameOf("cccccccccccc", kNoon))),
               "no sound at all");
    const auto keys = cloud_.Keys();
    const auto report = Reindex();
    EXPECT_EQ(report.added, 1U);
    EXPECT_EQ(report.foreign, std::vector<std::string>{"5f3c00112233/kpcc/streams/notes.txt"});
    EXPECT_EQ(report.unusable.size(), 1U);
    EXPECT_EQ(cloud_.Keys(), keys);
}

TEST_F(StoredSegmentsTest, StayUnknownWhileTheCloudIsDownAndTheRestIsRead) {
    Store("aaaaaaaaaaaa", 0, 100);
    Record("bbbbbbbbbbbb", 200, 100);
    catalog_.SetValue(UnknownKey("kpcc"), "2");
    cloud_.cut_read_at = 1000;
    auto report = Reindex();
    EXPECT_EQ(report.added, 1U);
    EXPECT_EQ(report.unavailable, "the connection was lost");
    EXPECT_TRUE(catalog_.Value(UnknownKey("kpcc"))) << "what seems to be a hole may be none";
    cloud_.down = true;
    EXPECT_EQ(Reindex().unavailable, "the cloud is down");
    cloud_.down = false;
    cloud_.cut_read_at = test::FakeCloud::kNever;
    EXPECT_EQ(Reindex(), (ReindexReport{.known = 1, .added = 1}));
    EXPECT_FALSE(catalog_.Value(UnknownKey("kpcc")));
}

TEST_F(StoredSegmentsTest, AreOfStationsThatHaveNothingHereAsWell) {
    Store("aaaaaaaaaaaa", 0, 10);
    cloud_.Set("5f3c00112233/backups/catalog-20261120T120000Z.sql.gz", "x");
    EXPECT_EQ(StationsInCloud(store_, kOrigin), std::set<std::string>{"kpcc"});
}

}  // namespace
}  // namespace aircheck::archive
