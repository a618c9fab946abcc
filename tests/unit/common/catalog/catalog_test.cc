// SPDX-License-Identifier: MIT
#include "common/catalog/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "common/catalog/sqlite.h"

namespace aircheck::catalog {
namespace {

using namespace std::chrono_literals;

const time::SysTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

class CatalogTest : public ::testing::Test {
protected:
    CatalogTest() {
        std::string name = ::testing::TempDir() + "aircheck-catalog-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "catalog.db";
        catalog_.emplace(path_, Catalog::Mode::kReadWrite);
    }
    ~CatalogTest() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    static Segment MakeSegment(const std::string& take, int sequence, time::SysTime start,
                               const std::string& station = "kpcc") {
        Segment segment;
        segment.station = station;
        segment.take = take;
        segment.sequence = sequence;
        segment.path = station + "/streams/" + take + "-" + std::to_string(sequence) + ".part";
        segment.start = start;
        segment.end = start + 15min;
        segment.bytes = 14'400'000;
        segment.frames = 34'453;
        segment.samples = 44'100 * 900;
        segment.format = {audio::Codec::kMpeg, 1, 3, 44'100, 2};
        return segment;
    }

    void AddTake(const std::string& id, const std::string& station = "kpcc") {
        catalog_->AddTake({id, station, "http://a/b", kNoon, std::nullopt, ""});
    }

    /// Adds it in the state that it has; answers it as the catalog should have it.
    Segment Add(Segment segment) {
        segment.id = catalog_->AddSegment(segment);
        return segment;
    }
    Segment AddClosed(Segment segment) {
        segment.state = SegmentState::kClosed;
        return Add(segment);
    }

    std::filesystem::path folder_;
    std::filesystem::path path_;
    std::optional<Catalog> catalog_;
};

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
    AddClosed(MakeSegment("a", 0, kNoon));
    const Segment open = Add(MakeSegment("a", 1, kNoon + 15min));
    const SegmentProgress progress{open.id, kNoon, kNoon, 1, 1, 1, {{0, 0}}};
    EXPECT_THROW(catalog_->Close(progress, "kpcc/streams/a-0.part"), SqliteError);
    EXPECT_EQ(catalog_->FindSegment(open.id), open);
    EXPECT_TRUE(catalog_->Index(open.id).empty());
    catalog_->SetValue("still", "usable");
}

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

TEST_F(CatalogTest, KeepsMarksForAsLongAsTheSegment) {
    AddTake("a");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    EXPECT_FALSE(catalog_->Marks(segment.id));
    SegmentMarks marks{{0, {{0xdeadbeef, 1152}, {1, 576}}}, {44'100 * 840, {{2, 1152}}}};
    catalog_->SetMarks(segment.id, marks);
    EXPECT_EQ(catalog_->Marks(segment.id), marks);
    marks.tail.begin += 1152;
    catalog_->SetMarks(segment.id, {{}, marks.tail});
    EXPECT_EQ(catalog_->Marks(segment.id), marks);

    catalog_->RemoveSegment(segment.id);
    EXPECT_FALSE(catalog_->Marks(segment.id));
    catalog_->SetMarks(segment.id, marks);
    EXPECT_FALSE(catalog_->Marks(segment.id));
}

TEST_F(CatalogTest, JoinsTheTailsOfShortSegments) {
    AddTake("a");
    EXPECT_TRUE(catalog_->TailOfTake("a").marks.empty());
    for (int sequence = 0; sequence < 3; ++sequence) {
        Segment segment = MakeSegment("a", sequence, kNoon + sequence * 1s);
        segment.take_sample = static_cast<std::uint64_t>(sequence) * 300;
        segment = AddClosed(segment);
        const auto hash = static_cast<std::uint32_t>(10 * sequence);
        // Of the first segment only the last hundred samples are kept.
        const audio::MarkRun tail = sequence == 0
                                        ? audio::MarkRun{200, {{1, 100}}}
                                        : audio::MarkRun{0, {{hash, 200}, {hash + 1, 100}}};
        catalog_->SetMarks(segment.id, {{}, tail});
    }
    const audio::MarkRun expected{200, {{1, 100}, {10, 200}, {11, 100}, {20, 200}, {21, 100}}};
    EXPECT_EQ(catalog_->TailOfTake("a"), expected);
}

TEST_F(CatalogTest, ATailEndsWhereTheSampleRateChanged) {
    AddTake("a");
    for (int sequence = 0; sequence < 3; ++sequence) {
        Segment segment = MakeSegment("a", sequence, kNoon + sequence * 1s);
        segment.take_sample = static_cast<std::uint64_t>(sequence) * 100;
        segment.format.sample_rate = sequence == 0 ? 48'000 : 44'100;
        segment = AddClosed(segment);
        catalog_->SetMarks(segment.id, {{}, {0, {{static_cast<std::uint32_t>(sequence), 100}}}});
    }
    EXPECT_EQ(catalog_->TailOfTake("a"), (audio::MarkRun{100, {{1, 100}, {2, 100}}}));
}

TEST_F(CatalogTest, NeverChangesASplice) {
    AddTake("a");
    AddTake("b");
    const Splice exact{"a", "b", kNoon, true, {44'100, 1152}};
    catalog_->AddSplice(exact);
    catalog_->AddSplice({"a", "b", kNoon + 1s, false, {}});
    EXPECT_EQ(catalog_->SplicesInto("b"), std::vector{exact});
    EXPECT_TRUE(catalog_->SplicesInto("a").empty());
}

TEST_F(CatalogTest, ForgetsASpliceWithItsTakes) {
    AddTake("a");
    AddTake("b");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    catalog_->AddSplice({"a", "b", kNoon, true, {}});
    catalog_->AddSplice({"a", "gone", kNoon, true, {}});
    EXPECT_TRUE(catalog_->SplicesInto("gone").empty());
    EXPECT_EQ(catalog_->SplicesInto("b").size(), 1U);
    catalog_->EndTake("a", kNoon, "cascade");
    catalog_->RemoveSegment(segment.id);
    EXPECT_TRUE(catalog_->SplicesInto("b").empty());
}

TEST_F(CatalogTest, FindsTakesByTheirEnd) {
    for (const char* id : {"a", "b", "c"}) AddTake(id);
    catalog_->EndTake("a", kNoon + 1h, "stalled");
    catalog_->EndTake("b", kNoon + 2h, "crash");
    EXPECT_EQ(catalog_->TakesEndedSince(kNoon + 90min).size(), 1U);
    EXPECT_EQ(catalog_->TakesEndedSince(kNoon + 1h).size(), 2U);
}

TEST_F(CatalogTest, RemembersWhyAttemptsFailed) {
    catalog_->AddFailure("kpcc", {kNoon, "dns"});
    catalog_->AddFailure("kpcc", {kNoon + 1s, "http 404"});
    catalog_->AddFailure("other", {kNoon, "refused"});
    const std::vector<Failure> expected{{kNoon, "dns"}, {kNoon + 1s, "http 404"}};
    EXPECT_EQ(catalog_->FailuresBetween("kpcc", kNoon, kNoon + 1min), expected);
    EXPECT_TRUE(catalog_->FailuresBetween("kpcc", kNoon + 2s, kNoon + 1min).empty());
    catalog_->ForgetFailures("kpcc", kNoon + 1s);
    EXPECT_EQ(catalog_->FailuresBetween("kpcc", kNoon, kNoon + 1min).size(), 1U);
    EXPECT_EQ(catalog_->FailuresBetween("other", kNoon, kNoon + 1min).size(), 1U);
}

}  // namespace
}  // namespace aircheck::catalog
