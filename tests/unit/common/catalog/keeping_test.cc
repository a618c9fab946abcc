// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "common/catalog/dump.h"
#include "common/catalog/sqlite.h"
#include "tests/unit/common/catalog/catalog_fixture.h"
#include "tests/unit/common/catalog/old_catalog.h"

namespace aircheck::catalog {
namespace {

using List = std::vector<Segment>;
using Removals = std::vector<Removal>;

class KeepingTest : public CatalogTest {
protected:
    KeepingTest() {
        AddTake("a");
        AddTake("b", "wxyz");
    }

    Segment Saved(Segment segment) {
        segment = AddClosed(std::move(segment));
        segment.object = "origin/" + segment.path;
        EXPECT_TRUE(catalog_->SetObject(segment.id, segment.object));
        return segment;
    }

    Segment Uploaded(Segment segment) {
        segment = Saved(std::move(segment));
        EXPECT_TRUE(catalog_->SetUploaded(segment.id));
        segment.state = SegmentState::kUploaded;
        return segment;
    }
};

TEST_F(KeepingTest, KnowsWhatIsInTheCloud) {
    const Segment plain = AddClosed(MakeSegment("a", 0, kNoon));
    const Segment saved = Saved(MakeSegment("a", 1, kNoon + 15min));
    const Segment uploaded = Uploaded(MakeSegment("a", 2, kNoon - 1h));
    const Segment other = Saved(MakeSegment("b", 0, kNoon, "wxyz"));
    Add(MakeSegment("a", 3, kNoon - 2h));  // open

    EXPECT_EQ(catalog_->FindSegment(saved.id), saved);
    EXPECT_EQ(catalog_->FindObject(uploaded.object), uploaded);
    EXPECT_FALSE(catalog_->FindObject(""));
    EXPECT_FALSE(catalog_->FindObject("origin/else"));
    EXPECT_EQ(catalog_->UnsavedBefore("kpcc", kNoon + 9h), List{plain});
    EXPECT_EQ(catalog_->UnsavedBefore("kpcc", plain.end), List{});
    EXPECT_EQ(catalog_->OldestSaved("", 9), (List{other, saved}));
    EXPECT_EQ(catalog_->OldestSaved("kpcc", 9), List{saved});
    EXPECT_EQ(catalog_->SavedBefore("kpcc", kNoon + 9h), (List{uploaded, saved}));
    EXPECT_EQ(catalog_->SavedBefore("kpcc", saved.end), List{uploaded});
    EXPECT_EQ(catalog_->UnsavedBytesBefore("kpcc", kNoon + 9h), plain.bytes);
    EXPECT_EQ(catalog_->UnsavedBytesBefore("kpcc", plain.end), 0U);
    EXPECT_EQ(catalog_->DiskUsage().at("kpcc"), 3 * plain.bytes);
}

TEST_F(KeepingTest, NothingIsUploadedThatIsNotInTheCloud) {
    const Segment plain = AddClosed(MakeSegment("a", 0, kNoon));
    const Segment open = Add(MakeSegment("a", 1, kNoon));
    EXPECT_FALSE(catalog_->SetUploaded(plain.id));
    EXPECT_FALSE(catalog_->SetUploaded(open.id));
    EXPECT_EQ(catalog_->FindSegment(plain.id), plain);
    EXPECT_FALSE(catalog_->SetObject(99, "origin/x"));
    EXPECT_FALSE(catalog_->SetUploaded(99));
}

TEST_F(KeepingTest, AnObjectIsOneSegments) {
    const Segment saved = Saved(MakeSegment("a", 0, kNoon));
    const Segment plain = AddClosed(MakeSegment("a", 1, kNoon));
    EXPECT_THROW(catalog_->SetObject(plain.id, saved.object), SqliteError);
    EXPECT_TRUE(catalog_->SetObject(saved.id, ""));
    EXPECT_TRUE(catalog_->SetObject(plain.id, saved.object));
}

TEST_F(KeepingTest, AFileThatIsRenamedOrMeasuredKeepsItsObject) {
    Segment saved = Saved(MakeSegment("a", 0, kNoon));
    EXPECT_TRUE(catalog_->SetPath(saved.id, "kpcc/streams/renamed.mp3"));
    saved.path = "kpcc/streams/renamed.mp3";
    const SegmentProgress whole{saved.id,    saved.start,  saved.end,
                                saved.bytes, saved.frames, saved.samples};
    catalog_->CloseMeasured(whole, saved.path);
    EXPECT_EQ(catalog_->FindSegment(saved.id), saved);
}

TEST_F(KeepingTest, ADumpHasTheObjects) {
    const Segment uploaded = Uploaded(MakeSegment("a", 0, kNoon));
    catalog_->RemoveSegment(AddClosed(MakeSegment("a", 1, kNoon)), RemovalCause::kMinFree);
    std::string dump;
    DumpSql(path_, [&](std::string_view text) { dump += text; });
    const auto copy = folder_ / "copy.db";
    Database(copy.string(), Database::Mode::kReadWrite).Execute(dump.c_str());
    const Catalog restored(copy, Catalog::Mode::kReadOnly);
    EXPECT_EQ(restored.AllSegments(), List{uploaded});
    EXPECT_EQ(restored.RemovalsBetween("kpcc", kNoon, kNoon + 1h),
              catalog_->RemovalsBetween("kpcc", kNoon, kNoon + 1h));
}

TEST_F(KeepingTest, TellsWhatHadToGo) {
    const auto remove = [&](int sequence, time::SysTime start, RemovalCause cause) {
        const Segment segment = AddClosed(MakeSegment("a", sequence, start));
        catalog_->RemoveSegment(segment, cause);
        EXPECT_FALSE(catalog_->FindSegment(segment.id));
    };
    const auto all = [&] { return catalog_->RemovalsBetween("kpcc", kNoon - 24h, kNoon + 24h); };
    remove(0, kNoon, RemovalCause::kMinFree);
    remove(1, kNoon + 15min, RemovalCause::kMinFree);
    EXPECT_EQ(all(), (Removals{{kNoon, kNoon + 30min, RemovalCause::kMinFree}}));
    remove(2, kNoon + 30min, RemovalCause::kMaxDisk);
    remove(3, kNoon + 1h, RemovalCause::kMinFree);
    const Removals three = {{kNoon, kNoon + 30min, RemovalCause::kMinFree},
                            {kNoon + 30min, kNoon + 45min, RemovalCause::kMaxDisk},
                            {kNoon + 1h, kNoon + 75min, RemovalCause::kMinFree}};
    EXPECT_EQ(all(), three);
    EXPECT_EQ(catalog_->RemovalsBetween("kpcc", kNoon + 30min, kNoon + 1h), Removals{three[1]});
    EXPECT_EQ(catalog_->RemovalsBetween("wxyz", kNoon, kNoon + 1h), Removals{});
    remove(1, kNoon + 15min, RemovalCause::kMinFree);  // told once more
    EXPECT_EQ(all(), three);
    catalog_->ForgetRemovals("kpcc", kNoon + 45min);
    EXPECT_EQ(all(), (Removals{three[1], three[2]}));
}

TEST_F(KeepingTest, WhatIsTooOldIsOneRemoval) {
    const Segment later = AddClosed(MakeSegment("a", 1, kNoon + 1h));
    const Segment first = AddClosed(MakeSegment("a", 0, kNoon));
    catalog_->RemoveSegment(later, RemovalCause::kAge);
    catalog_->RemoveSegment(first, RemovalCause::kAge);
    EXPECT_EQ(catalog_->RemovalsBetween("kpcc", kNoon - 1h, kNoon),
              (Removals{{time::SysTime{}, later.end, RemovalCause::kAge}}));
    EXPECT_EQ(catalog_->RemovalsBetween("kpcc", later.end, later.end + 1h), Removals{});
}

TEST_F(KeepingTest, OpensAnOlderCatalog) {
    const auto path = MakeOldCatalog(folder_);
    EXPECT_THROW(Catalog(path, Catalog::Mode::kReadOnly), std::runtime_error);

    Catalog old(path, Catalog::Mode::kReadWrite);
    old.Check();
    const List segments = old.AllSegments("kpcc");
    ASSERT_EQ(segments.size(), 3U);
    EXPECT_EQ(segments[1].take_sample, segments[0].samples);
    for (const Segment& segment : segments) EXPECT_EQ(segment.object, "");
    EXPECT_EQ(old.UnsavedBefore("kpcc", kNoon + 9h), (List{segments[0], segments[1]}));
    EXPECT_EQ(old.RemovalsBetween("kpcc", time::SysTime{}, kNoon + 9h), Removals{});
    EXPECT_EQ(old.SearchTitles("quiet", 9, 9).size(), 1U);
    EXPECT_EQ(old.FailuresBetween("kpcc", kNoon, kNoon + 1s).size(), 1U);
    EXPECT_EQ(old.Value("uuid"), "not one");

    EXPECT_TRUE(old.SetObject(segments[0].id, "origin/x"));
    EXPECT_TRUE(old.SetUploaded(segments[0].id));
    EXPECT_EQ(old.DiskUsage().at("kpcc"), 2 * segments[0].bytes);
    old.RemoveSegment(segments[1], RemovalCause::kAge);
    EXPECT_EQ(old.RemovalsBetween("kpcc", kNoon, kNoon + 1h).size(), 1U);
}

}  // namespace
}  // namespace aircheck::catalog
