// SPDX-License-Identifier: MIT
#include "pruner/retention.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/pruner/archive.h"

namespace aircheck::pruner {
namespace {

using namespace std::chrono_literals;

class RetentionTest : public Archive {
protected:
    Retention Make() {
        return Retention(config_, clock_, shared_, "pruner-0",
                         [this](const std::filesystem::path&) { return free_; });
    }

    time::ManualClock clock_{now_};
    Shared shared_;
    std::uint64_t free_ = 1'000'000;
};

TEST_F(RetentionTest, RemovesFileAndRowOfWhatIsTooOld) {
    const auto old = Add("kpcc", 25h);
    const auto young = Add("kpcc", 23h);
    const auto of_others = Add("gone", 25h);
    auto retention = Make();
    const Batch batch = retention.Run(Scope::kAll);
    EXPECT_EQ(batch.removed, std::vector{old});
    EXPECT_FALSE(batch.more);
    EXPECT_FALSE(HasFile(old));
    EXPECT_FALSE(HasRow(old));
    EXPECT_FALSE(catalog_->FindTake(old.take));
    for (const auto& kept : {young, of_others}) {
        EXPECT_TRUE(HasFile(kept));
        EXPECT_TRUE(HasRow(kept));
    }
    EXPECT_TRUE(retention.Run(Scope::kAll).removed.empty());
}

TEST_F(RetentionTest, LeavesAgeAloneWhenItLooksAtSpace) {
    const auto old = Add("kpcc", 25h);
    EXPECT_TRUE(Make().Run(Scope::kSpaceOnly).removed.empty());
    EXPECT_TRUE(HasFile(old));
}

TEST_F(RetentionTest, RemovesARowWhoseFileIsGone) {
    const auto old = Add("kpcc", 25h);
    std::filesystem::remove(layout_.Resolve(old.path));
    EXPECT_EQ(Make().Run(Scope::kAll).removed.size(), 1U);
    EXPECT_FALSE(HasRow(old));
}

TEST_F(RetentionTest, TouchesNothingButFinishedSegments) {
    const auto victim = folder_ / "precious.mp3";
    std::ofstream(victim) << "x";
    int number = 0;
    for (const char* path :
         {"precious.mp3", "../precious.mp3", "/etc/passwd", "kpcc/streams/notes.txt",
          "kpcc/streams", "wxyz/streams/kpcc-20261101T120000Z-000000000001.mp3",
          "wxyz/streams/wxyz-20261101T120000Z-000000000001.mp3",
          "kpcc/streams/../streams/kpcc-20261101T120000Z-000000000001.mp3",
          "kpcc/streams/kpcc-20261101T120000Z-000000000001.mp3.part"}) {
        catalog::Segment segment;
        segment.station = "kpcc";
        segment.take = std::to_string(++number);
        segment.path = path;
        segment.state = catalog::SegmentState::kClosed;
        segment.end = segment.start = now_ - 100h;
        Register(segment);
    }
    const Batch batch = Make().Run(Scope::kAll);
    EXPECT_TRUE(batch.removed.empty());
    EXPECT_FALSE(batch.more);
    EXPECT_TRUE(std::filesystem::exists(victim));
    EXPECT_EQ(catalog_->AllSegments().size(), static_cast<std::size_t>(number));
}

TEST_F(RetentionTest, GoesOnPastAFileThatCannotBeRemoved) {
    const auto stuck = Add("kpcc", 30h);
    std::filesystem::remove(layout_.Resolve(stuck.path));
    std::filesystem::create_directory(layout_.Resolve(stuck.path));
    const auto old = Add("kpcc", 25h);
    const Batch batch = Make().Run(Scope::kAll);
    EXPECT_EQ(batch.removed, std::vector{old});
    EXPECT_TRUE(HasRow(stuck));
}

TEST_F(RetentionTest, EmptiesTheCacheBeforeItRemovesSound) {
    config_.min_free = 1'000;
    const auto segment = Add("kpcc", 1h);
    const auto cached = layout_.Cache() / "copy";
    std::filesystem::create_directory(layout_.Cache());
    std::ofstream(cached) << "x";
    Retention retention(config_, clock_, shared_, "pruner-0", [&](const std::filesystem::path&) {
        return std::filesystem::exists(cached) ? 999U : 1'000U;
    });
    EXPECT_TRUE(retention.Run(Scope::kSpaceOnly).removed.empty());
    EXPECT_FALSE(std::filesystem::exists(cached));
    EXPECT_TRUE(HasFile(segment));
}

TEST_F(RetentionTest, WorksInBatches) {
    constexpr std::size_t kCount = Retention::kBatchSize * 2 + 7;
    for (std::size_t i = 0; i < kCount; ++i) Add("kpcc", 25h + i * 1min);
    auto retention = Make();
    std::vector<std::size_t> sizes;
    Batch batch;
    time::SysTime last{};
    do {
        batch = retention.Run(Scope::kAll);
        sizes.push_back(batch.removed.size());
        for (const auto& segment : batch.removed) {
            EXPECT_GT(segment.start, last) << "oldest first";
            last = segment.start;
        }
    } while (batch.more);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{Retention::kBatchSize, Retention::kBatchSize, 7}));
    EXPECT_TRUE(catalog_->AllSegments().empty());
}

TEST_F(RetentionTest, FreesNoMoreThanIsMissingThoughTheDiskIsSlowToShowIt) {
    config_.min_free = 1'000;
    free_ = 1'000 - 60 * kSegmentBytes / 10;  // six segments are missing
    for (int i = 0; i < 20; ++i) Add("kpcc", 1h + i * 1min);
    auto retention = Make();
    EXPECT_EQ(retention.Run(Scope::kSpaceOnly).removed.size(), 6U);
    EXPECT_EQ(catalog_->AllSegments().size(), 14U);
}

TEST_F(RetentionTest, FreesThroughManyBatches) {
    config_.min_free = 200 * kSegmentBytes;
    free_ = 80 * kSegmentBytes;  // and stays so
    for (int i = 0; i < 150; ++i) Add("kpcc", 1h + i * 1min);
    auto retention = Make();
    std::size_t removed = 0;
    Batch batch;
    do {
        batch = retention.Run(Scope::kSpaceOnly);
        removed += batch.removed.size();
    } while (batch.more);
    EXPECT_EQ(removed, 120U);
}

TEST_F(RetentionTest, KeepsMaxDiskOverAllStations) {
    config_.defaults.max_disk = 2 * kSegmentBytes;
    const auto third = Add("kpcc", 2h);
    const auto first = Add("gone", 4h);
    const auto second = Add("kpcc", 3h);
    const auto fourth = Add("gone", 1h);
    EXPECT_EQ(Make().Run(Scope::kSpaceOnly).removed, (std::vector{first, second}));
    EXPECT_TRUE(HasFile(third) && HasFile(fourth));
}

TEST_F(RetentionTest, ComplainsAndGoesOnWithoutACatalog) {
    config_.storage = folder_ / "none";
    const Batch batch = Make().Run(Scope::kAll);
    EXPECT_TRUE(batch.removed.empty());
    EXPECT_FALSE(batch.more);
}

}  // namespace
}  // namespace aircheck::pruner
