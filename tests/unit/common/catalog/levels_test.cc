// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <vector>

#include "common/catalog/sqlite.h"
#include "tests/unit/common/catalog/catalog_fixture.h"
#include "tests/unit/common/catalog/old_catalog.h"

namespace aircheck::catalog {
namespace {

using audio::kUnknownLevel;
using audio::Level;

class LevelsTest : public CatalogTest {
protected:
    LevelsTest() {
        AddTake("a");
        id_ = AddClosed(MakeSegment("a", 0, kNoon)).id;
    }

    void Set(std::size_t first, std::vector<Level> levels, bool complete = false) {
        const SegmentLevels all{id_, first, std::move(levels), complete};
        catalog_->SetLevels({&all, 1});
    }

    std::int64_t id_ = 0;
};

TEST_F(LevelsTest, AreKeptByTheTenthOfASecond) {
    EXPECT_EQ(catalog_->LevelCount(id_), 0U);
    EXPECT_TRUE(catalog_->Levels(id_, 0, 100).empty());
    EXPECT_TRUE(catalog_->Outline(id_).empty());

    std::vector<Level> levels(1500, 40);
    levels[1234] = 7;
    Set(0, levels);
    Set(1500, {9});
    EXPECT_EQ(catalog_->LevelCount(id_), 1501U);
    levels.push_back(9);
    EXPECT_EQ(catalog_->Levels(id_, 0, 10'000), levels);
    EXPECT_EQ(catalog_->Levels(id_, 1233, 3), (std::vector<Level>{40, 7, 40}));
    EXPECT_EQ(catalog_->Levels(id_, 1499, 5), (std::vector<Level>{40, 9}));
    EXPECT_TRUE(catalog_->Levels(id_, 1501, 5).empty());
    EXPECT_TRUE(catalog_->Levels(id_, 0, 0).empty());
}

TEST_F(LevelsTest, WhatIsLeftOutIsNotKnown) {
    Set(598, {1, 2, 3, 4});
    Set(605, {5});
    EXPECT_EQ(catalog_->Levels(id_, 597, 10),
              (std::vector<Level>{kUnknownLevel, 1, 2, 3, 4, kUnknownLevel, kUnknownLevel,
                                  kUnknownLevel, 5}));
}

TEST_F(LevelsTest, TenSecondsAreOutlinedByTheirLoudestAndTheirMean) {
    std::vector<Level> levels(100, 100);
    levels[50] = 20;  // -10 dBFS for a hundredth of the time
    Set(0, levels);
    Set(100, std::vector<Level>(50, 60));
    const auto outline = catalog_->Outline(id_);
    ASSERT_EQ(outline.size(), 2U);
    EXPECT_EQ(outline[0].loudest, 20);
    EXPECT_NEAR(outline[0].mean, 60, 1);
    EXPECT_EQ(outline[1], (LevelOutline{60, 60}));

    Set(610, {2});
    ASSERT_EQ(catalog_->Outline(id_).size(), 7U);
    EXPECT_EQ(catalog_->Outline(id_)[3], LevelOutline{});
    EXPECT_EQ(catalog_->Outline(id_)[6], (LevelOutline{2, 2}));
}

TEST_F(LevelsTest, GoWithTheirSegment) {
    Set(0, {1, 2, 3}, true);
    catalog_->RemoveSegment(id_);
    EXPECT_EQ(catalog_->LevelCount(id_), 0U);
    EXPECT_TRUE(catalog_->Outline(id_).empty());
    Set(0, {1});
    EXPECT_EQ(catalog_->LevelCount(id_), 0U) << "one that is gone stays so";
    EXPECT_TRUE(catalog_->Heard(id_));
}

TEST_F(LevelsTest, SegmentsAreHeardTheLatestFirst) {
    const Segment later = AddClosed(MakeSegment("a", 1, kNoon + 15min));
    const Segment open = Add(MakeSegment("a", 2, kNoon + 30min));
    auto unheard = catalog_->Unheard(10);
    ASSERT_EQ(unheard.size(), 2U);
    EXPECT_EQ(unheard.front(), later);
    EXPECT_EQ(catalog_->Unheard(1).size(), 1U);
    EXPECT_FALSE(catalog_->Heard(open.id));

    Set(0, {1, 2, 3}, true);
    EXPECT_TRUE(catalog_->Heard(id_));
    unheard = catalog_->Unheard(10);
    ASSERT_EQ(unheard.size(), 1U);
    EXPECT_EQ(unheard.front(), later);
}

TEST_F(LevelsTest, OldCatalogsHaveNotBeenHeard) {
    Catalog old(MakeOldCatalog(folder_), Catalog::Mode::kReadWrite);
    EXPECT_EQ(old.Unheard(10).size(), 2U);
}

}  // namespace
}  // namespace aircheck::catalog
