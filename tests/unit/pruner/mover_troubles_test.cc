// SPDX-License-Identifier: MIT
// Disks that fill up, and processes that end in the midst of it.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/pruner/mover_fixture.h"

namespace aircheck::pruner {
namespace {

TEST_F(MoverTest, ADiskThatFillsWhileTheCloudIsDownLosesTheOldestAndTellsWhy) {
    config_.min_free = 1'000;
    const Segment first = AddSound(30h);
    const Segment second = AddSound(29h);
    const Segment third = AddSound(1h);
    cloud_.down = true;
    auto mover = Make();
    mover.Run(Scope::kAll, "");
    free_ = 1'000 - 2 * kSegmentBytes;
    auto retention = MakeRetention();
    const Batch batch = retention.Run(Scope::kSpaceOnly);
    EXPECT_EQ(batch.removed, (std::vector{first, second}));
    EXPECT_TRUE(HasFile(third));
    const auto removals = catalog_->RemovalsBetween("kpcc", first.start, now_);
    ASSERT_EQ(removals.size(), 2U);
    EXPECT_EQ(removals[0],
              (catalog::Removal{first.start, first.end, catalog::RemovalCause::kMinFree}));
}

TEST_F(MoverTest, ADiskThatFillsWhileTheCloudWorksLosesNothing) {
    config_.min_free = 1'000;
    const Segment first = AddSound(3h);
    AddSound(2h);
    free_ = 1'000 - kSegmentBytes;
    auto retention = MakeRetention();
    auto mover = Make();
    EXPECT_TRUE(retention.Run(Scope::kSpaceOnly).removed.empty());
    EXPECT_EQ(mover.Run(Scope::kSpaceOnly, "").uploaded.size(), 2U);
    const Batch batch = retention.Run(Scope::kSpaceOnly);
    ASSERT_EQ(batch.freed.size(), 1U);
    EXPECT_EQ(batch.freed[0].id, first.id);
    EXPECT_TRUE(batch.removed.empty());
}

TEST_F(MoverTest, WhatIsBeingUploadedIsNotRemovedMeanwhile) {
    config_.min_free = 1'000;
    const Segment first = AddSound(30h);
    const Segment second = AddSound(29h);
    free_ = 1'000 - kSegmentBytes;
    shared_.cloud_works = false;
    shared_.uploading = first.id;
    auto retention = MakeRetention();
    EXPECT_TRUE(retention.Run(Scope::kSpaceOnly).removed.empty());
    free_ = 1'000 - 2 * kSegmentBytes;
    EXPECT_EQ(retention.Run(Scope::kSpaceOnly).removed, std::vector{second});
}

class Broken : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A process that ends at the nth step: everything is done again by another one, to the same end.
TEST_F(MoverTest, BrokenOffAtAnyStepTheEndIsTheSame) {
    for (int step = 0;; ++step) {
        SCOPED_TRACE("broken off at step " + std::to_string(step));
        const Segment ended = AddSound(25h);
        RunAll();
        clock_.Advance(240h);
        now_ = clock_.Now();
        const Segment moved = AddSound(30h);
        const Segment renewed = AddSound(28h);
        const Segment young = AddSound(2h);

        int left = step;
        bool broken = false;
        const auto checkpoint = [&] {
            if (broken || left-- > 0) return;
            broken = true;
        };
        const auto dead = [&] {
            checkpoint();
            if (broken) throw Broken("killed");
        };
        {
            auto retention = MakeRetention(dead);
            auto mover = Make(dead);
            RunAll(retention, mover);
        }
        RunAll();
        EXPECT_FALSE(HasRow(ended));
        for (const Segment& segment : {moved, renewed}) {
            EXPECT_FALSE(HasFile(segment));
            ASSERT_TRUE(HasRow(segment));
            EXPECT_EQ(catalog_->FindSegment(segment.id)->state, SegmentState::kUploaded);
            EXPECT_EQ(catalog_->FindSegment(segment.id)->object, KeyOf(segment));
        }
        EXPECT_EQ(cloud_.Get(KeyOf(moved)), Sound(moved).substr(0, moved.bytes));
        EXPECT_EQ(Objects().size(), 2U) << "nothing twice, and nothing that no row knows of";
        EXPECT_TRUE(HasFile(young));
        EXPECT_EQ(catalog_->AllSegments().size(), 3U);
        if (!broken) {
            EXPECT_GT(step, 10);
            return;
        }
        for (const Segment& segment : catalog_->AllSegments()) {
            std::filesystem::remove(layout_.Resolve(segment.path));
            cloud_.Lose(segment.object);
            catalog_->RemoveSegment(segment.id);
        }
    }
}

/// The service does what it is asked to, but nobody hears of it.
TEST_F(MoverTest, LostAnswersStoreNothingTwice) {
    const Segment first = AddSound(30h);
    AddSound(29h);
    auto mover = Make();
    mover.Run(Scope::kSpaceOnly, "");
    cloud_.loses_answer = true;
    for (int attempt = 0; attempt < 6; ++attempt) {
        mover.TryNow();
        mover.Run(Scope::kAll, "");
    }
    cloud_.loses_answer = false;
    mover.TryNow();
    while (mover.Run(Scope::kAll, "").more) {
    }
    EXPECT_EQ(Objects().size(), 2U);
    EXPECT_EQ(cloud_.Get(KeyOf(first)), Sound(first).substr(0, first.bytes));
}

}  // namespace
}  // namespace aircheck::pruner
