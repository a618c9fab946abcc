// SPDX-License-Identifier: MIT
#include "common/catalog/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/common/catalog/catalog_fixture.h"

namespace aircheck::catalog {
namespace {

TEST_F(CatalogTest, FindsIndexEntriesAcrossChunks) {
    AddTake("a");
    const std::int64_t id = Add(MakeSegment("a", 0, kNoon)).id;
    EXPECT_FALSE(catalog_->FindIndexEntry(id, 0));
    EXPECT_FALSE(catalog_->FindIndexEntry(id + 1, 0));

    std::vector<IndexEntry> expected;
    SegmentProgress progress{id, kNoon, kNoon, 1, 1, 1, {}};
    for (std::uint64_t batch = 0; batch < 40; ++batch) {  // 0 to 39 entries at a time: 780
        progress.index.clear();
        for (std::uint64_t i = 0; i < batch; ++i)
            progress.index.push_back(
                {100 + expected.size() * 1000 + i * 1000, (expected.size() + i) << 30});
        expected.insert(expected.end(), progress.index.begin(), progress.index.end());
        catalog_->Update({&progress, 1});
    }
    EXPECT_EQ(catalog_->Index(id), expected);
    EXPECT_FALSE(catalog_->FindIndexEntry(id, 99));
    EXPECT_FALSE(catalog_->FindIndexEntry(id + 1, 99));
    for (const IndexEntry& entry : expected) {
        ASSERT_EQ(catalog_->FindIndexEntry(id, entry.sample), entry);
        ASSERT_EQ(catalog_->FindIndexEntry(id, entry.sample + 999), entry);
    }
    EXPECT_EQ(catalog_->FindIndexEntry(id, ~std::uint64_t{0}), expected.back());
}

TEST_F(CatalogTest, FindsWhatOverlaps) {
    AddTake("a");
    AddTake("b", "wxyz");
    std::vector<Segment> all;
    for (int i = 0; i < 8; ++i) all.push_back(Add(MakeSegment("a", i, kNoon + i * 15min)));
    Add(MakeSegment("b", 0, kNoon, "wxyz"));

    const auto between = [&](time::SysTime from, time::SysTime to) {
        return catalog_->SegmentsBetween("kpcc", from, to);
    };
    using List = std::vector<Segment>;
    EXPECT_EQ(between(kNoon - 1h, kNoon), List{}) << "the end is not part of a span";
    EXPECT_EQ(between(kNoon - 1h, kNoon + 1us), List{all[0]});
    EXPECT_EQ(between(kNoon, kNoon + 15min), List{all[0]});
    EXPECT_EQ(between(kNoon + 5min, kNoon + 6min), List{all[0]});
    EXPECT_EQ(between(kNoon + 15min - 1us, kNoon + 15min + 1us), (List{all[0], all[1]}));
    EXPECT_EQ(between(kNoon - 1h, kNoon + 9h), all);
    EXPECT_EQ(between(kNoon + 2h, kNoon + 9h), List{});

    EXPECT_FALSE(catalog_->SegmentBefore("kpcc", kNoon + 14min));
    EXPECT_EQ(catalog_->SegmentBefore("kpcc", kNoon + 15min), all[0]);
    EXPECT_EQ(catalog_->SegmentBefore("kpcc", kNoon + 9h), all[7]);
    EXPECT_EQ(catalog_->SegmentAfter("kpcc", kNoon), all[0]);
    EXPECT_EQ(catalog_->SegmentAfter("kpcc", kNoon + 1us), all[1]);
    EXPECT_FALSE(catalog_->SegmentAfter("kpcc", kNoon + 9h));

    EXPECT_EQ(catalog_->AllSegments("kpcc"), all);
    EXPECT_EQ(catalog_->AllSegments().size(), 9U);
    EXPECT_EQ(catalog_->SegmentsOfTake("a"), all);
}

TEST_F(CatalogTest, FindsALongSegmentFromItsFarEnd) {
    AddTake("a");
    Segment segment = Add(MakeSegment("a", 0, kNoon));
    const SegmentProgress progress{segment.id, kNoon, kNoon + 48h, 1, 1, 1, {}};
    catalog_->Update({&progress, 1});
    Add(MakeSegment("a", 1, kNoon + 48h));
    EXPECT_EQ(catalog_->SegmentsBetween("kpcc", kNoon + 47h, kNoon + 48h).size(), 1U);
}

TEST_F(CatalogTest, LeavesEmptySegmentsOutOfSound) {
    AddTake("a");
    Segment empty = MakeSegment("a", 0, kNoon);
    empty.end = empty.start;
    empty.samples = empty.frames = empty.bytes = 0;
    Add(empty);
    EXPECT_TRUE(catalog_->SegmentsBetween("kpcc", kNoon - 1h, kNoon + 1h).empty());
    EXPECT_FALSE(catalog_->SegmentBefore("kpcc", kNoon + 1h));
    EXPECT_FALSE(catalog_->SegmentAfter("kpcc", kNoon - 1h));
    EXPECT_EQ(catalog_->AllSegments()[0].Bitrate(), 0);
}

TEST_F(CatalogTest, FindsTitles) {
    AddTake("a");
    catalog_->AddTitle({"kpcc", kNoon, "a", "Bj\xc3\xb6rk - J\xc3\xb3ga", ""});
    catalog_->AddTitle({"kpcc", kNoon + 3min, "a", "It's Oh So Quiet", "http://x"});
    EXPECT_EQ(catalog_->TitlesBetween("kpcc", kNoon, kNoon + 3min).size(), 1U);
    const auto titles = catalog_->TitlesBetween("kpcc", kNoon, kNoon + 4min);
    ASSERT_EQ(titles.size(), 2U);
    EXPECT_EQ(titles[1].title, "It's Oh So Quiet");
    EXPECT_EQ(titles[1].url, "http://x");
    EXPECT_EQ(titles[1].at, kNoon + 3min);
}

TEST_F(CatalogTest, FindsWhatMayGo) {
    AddTake("a");
    AddTake("b", "wxyz");
    const Segment second = AddClosed(MakeSegment("a", 1, kNoon + 15min));
    const Segment first = AddClosed(MakeSegment("a", 0, kNoon));
    const Segment other = AddClosed(MakeSegment("b", 0, kNoon + 1min, "wxyz"));
    Add(MakeSegment("a", 2, kNoon - 1h));  // open
    Segment uploaded = MakeSegment("a", 3, kNoon - 2h);
    uploaded.state = SegmentState::kUploaded;
    Add(uploaded);

    using List = std::vector<Segment>;
    EXPECT_EQ(catalog_->ClosedBefore("kpcc", kNoon + 9h), (List{first, second}));
    EXPECT_EQ(catalog_->ClosedBefore("kpcc", kNoon + 9h, 1), List{first});
    EXPECT_EQ(catalog_->ClosedBefore("kpcc", kNoon + 16min), List{first});
    EXPECT_EQ(catalog_->ClosedBefore("kpcc", kNoon + 15min), List{});
    EXPECT_EQ(catalog_->OldestClosed("", 2), (List{first, other}));
    EXPECT_EQ(catalog_->OldestClosed("kpcc", 9), (List{first, second}));
}

TEST_F(CatalogTest, CountsBytesOnDisk) {
    using Usage = std::map<std::string, std::uint64_t>;
    AddTake("a");
    AddTake("b", "wxyz");
    EXPECT_EQ(catalog_->DiskUsage(), Usage{});
    const Segment first = Add(MakeSegment("a", 0, kNoon));
    const Segment second = AddClosed(MakeSegment("a", 1, kNoon));
    Segment uploaded = MakeSegment("b", 0, kNoon, "wxyz");
    uploaded.state = SegmentState::kUploaded;
    Add(uploaded);
    EXPECT_EQ(catalog_->DiskUsage(), (Usage{{"kpcc", 28'800'000}, {"wxyz", 0}}));
    const SegmentProgress progress{first.id, kNoon, kNoon + 1h, 20'000'000, 2, 2, {}};
    catalog_->Close(progress, "kpcc/streams/x.mp3");
    EXPECT_EQ(catalog_->DiskUsage(), (Usage{{"kpcc", 34'400'000}, {"wxyz", 0}}));
    catalog_->RemoveSegment(second.id);
    catalog_->RemoveSegment(second.id);
    EXPECT_EQ(catalog_->DiskUsage(), (Usage{{"kpcc", 20'000'000}, {"wxyz", 0}}));
}

}  // namespace
}  // namespace aircheck::catalog
