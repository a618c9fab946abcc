// SPDX-License-Identifier: MIT
#include "common/catalog/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/catalog/sqlite.h"
#include "tests/unit/common/catalog/catalog_fixture.h"

namespace aircheck::catalog {
namespace {

TEST_F(CatalogTest, KeepsWhatItWasTold) {
    Take take{"3f9a2c1d7e05", "kpcc", "http://a/b?c='d'", kNoon, std::nullopt, ""};
    catalog_->AddTake(take);
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->url, take.url);
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->connected, kNoon);
    EXPECT_FALSE(catalog_->FindTake("3f9a2c1d7e05")->ended);
    EXPECT_EQ(catalog_->UnendedTakes("kpcc").size(), 1U);
    EXPECT_TRUE(catalog_->UnendedTakes("wxyz").empty());
    catalog_->EndTake("3f9a2c1d7e05", kNoon + 1h, "stalled");
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->ended, kNoon + 1h);
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->end_cause, "stalled");
    EXPECT_TRUE(catalog_->UnendedTakes("kpcc").empty());
    EXPECT_FALSE(catalog_->FindTake("00000000"));

    Segment segment = MakeSegment("3f9a2c1d7e05", 0, kNoon + 1us);
    segment.format = {audio::Codec::kAdts, 4, 2, 24'000, 1};
    segment = Add(segment);
    EXPECT_EQ(catalog_->FindSegment(segment.id), segment);
    EXPECT_EQ(catalog_->FindSegment(segment.path), segment);
    EXPECT_FALSE(catalog_->FindSegment(segment.id + 1));
    EXPECT_FALSE(catalog_->FindSegment("' OR 1 --"));

    catalog_->SetValue("a", "1");
    catalog_->SetValue("a", "2");
    catalog_->SetValue("", "");
    EXPECT_EQ(catalog_->Value("a"), "2");
    EXPECT_EQ(catalog_->Value(""), "");
    EXPECT_FALSE(catalog_->Value("b"));
    EXPECT_EQ(catalog_->Values().size(), 2U);
}

TEST_F(CatalogTest, IsStillThereAfterReopening) {
    AddTake("a");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    catalog_.reset();
    const Catalog reader(path_, Catalog::Mode::kReadOnly);
    EXPECT_EQ(reader.AllSegments(), std::vector{segment});
}

TEST_F(CatalogTest, NeverUsesAnIdTwice) {
    AddTake("a");
    const std::int64_t first = Add(MakeSegment("a", 0, kNoon)).id;
    catalog_->RemoveSegment(first);
    EXPECT_GT(Add(MakeSegment("a", 1, kNoon)).id, first);
}

TEST_F(CatalogTest, RefusesContradictions) {
    AddTake("a");
    EXPECT_THROW(AddTake("a"), SqliteError);
    Add(MakeSegment("a", 0, kNoon));
    EXPECT_THROW(Add(MakeSegment("a", 0, kNoon)), SqliteError) << "the path is taken";
    EXPECT_THROW(Add(MakeSegment("b", 0, kNoon)), SqliteError) << "there is no such take";
    EXPECT_THROW(catalog_->Close({.id = 99}, "x"), SqliteError);
}

TEST_F(CatalogTest, UpdatesAndCloses) {
    AddTake("a");
    Segment segment = Add(MakeSegment("a", 0, kNoon));
    EXPECT_EQ(catalog_->OpenSegments(), std::vector{segment});
    EXPECT_EQ(catalog_->OpenSegments("kpcc"), std::vector{segment});
    EXPECT_TRUE(catalog_->OpenSegments("wxyz").empty());

    SegmentProgress progress{segment.id, kNoon + 2us, kNoon + 1s, 10, 20, 30, {{0, 0}, {30, 40}}};
    const SegmentProgress gone{segment.id + 1, kNoon, kNoon, 1, 1, 1, {{0, 0}}};
    catalog_->Update(std::array{gone, progress});
    segment.start = progress.start;
    segment.end = progress.end;
    segment.bytes = 10;
    segment.frames = 20;
    segment.samples = 30;
    EXPECT_EQ(catalog_->FindSegment(segment.id), segment);

    progress.index = {{30, 40}, {60, 80}};  // told again, and more
    catalog_->Close(progress, "kpcc/streams/final.mp3");
    segment.path = "kpcc/streams/final.mp3";
    segment.state = SegmentState::kClosed;
    EXPECT_EQ(catalog_->FindSegment(segment.id), segment);
    EXPECT_TRUE(catalog_->OpenSegments().empty());
    const std::vector<IndexEntry> index = {{0, 0}, {30, 40}, {60, 80}};
    EXPECT_EQ(catalog_->Index(segment.id), index);

    progress.index = {{0, 0}, {31, 41}};
    catalog_->CloseMeasured(progress, segment.path);
    EXPECT_EQ(catalog_->Index(segment.id), progress.index);
}

TEST_F(CatalogTest, AFailedCloseChangesNothing) {
    AddTake("a");
    AddTake("b");
    AddClosed(MakeSegment("b", 0, kNoon));
    const Segment open = Add(MakeSegment("a", 1, kNoon + 15min));
    const SegmentProgress progress{open.id, kNoon, kNoon, 1, 1, 1, {{0, 0}}};
    EXPECT_THROW(catalog_->Close(progress, "kpcc/streams/b-0.part"), SqliteError);
    EXPECT_EQ(catalog_->FindSegment(open.id), open);
    EXPECT_TRUE(catalog_->Index(open.id).empty());
    catalog_->SetValue("still", "usable");
}

TEST_F(CatalogTest, ForgetsASegmentWithItsIndexAndATakeWithItsLastSegment) {
    AddTake("a");
    AddTake("b");
    catalog_->AddTitle({"kpcc", kNoon, "a", "one", ""});
    catalog_->AddTitle({"kpcc", kNoon, "b", "two", ""});
    const std::int64_t first = AddClosed(MakeSegment("a", 0, kNoon)).id;
    const std::int64_t second = AddClosed(MakeSegment("a", 1, kNoon)).id;
    AddClosed(MakeSegment("b", 0, kNoon));
    const SegmentProgress progress{first, kNoon, kNoon + 1s, 1, 1, 1, {{0, 0}}};
    catalog_->Update({&progress, 1});
    catalog_->EndTake("a", kNoon + 1h, "stopped");

    catalog_->RemoveSegment(first);
    EXPECT_TRUE(catalog_->Index(first).empty());
    EXPECT_FALSE(catalog_->FindSegment(first));
    EXPECT_TRUE(catalog_->FindTake("a"));
    EXPECT_EQ(catalog_->TitlesBetween("kpcc", kNoon, kNoon + 1h).size(), 2U);

    catalog_->RemoveSegment(second);
    EXPECT_FALSE(catalog_->FindTake("a"));
    EXPECT_TRUE(catalog_->FindTake("b"));
    EXPECT_EQ(catalog_->TitlesBetween("kpcc", kNoon, kNoon + 1h).size(), 1U);
}

TEST_F(CatalogTest, KeepsALiveTakeThatHasNoSegmentJustNow) {
    AddTake("a");
    catalog_->RemoveSegment(AddClosed(MakeSegment("a", 0, kNoon)).id);
    EXPECT_TRUE(catalog_->FindTake("a"));
    Add(MakeSegment("a", 1, kNoon));
}

TEST(Segment, KnowsItsBitrate) {
    Segment segment;
    segment.bytes = 14'400'123;
    segment.samples = 44'100 * 900;
    segment.format.sample_rate = 44'100;
    EXPECT_EQ(segment.Bitrate(), 128);
}

}  // namespace
}  // namespace aircheck::catalog
