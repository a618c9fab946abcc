// SPDX-License-Identifier: MIT
#include "webapi/listening/slice.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "tests/unit/webapi/fake_recording.h"
#include "webapi/listening/slice_info.h"

namespace aircheck::webapi {
namespace {

const time::SysTime kStart = At("20261120T200000Z");
const time::SysTime kLater = At("20261121T000000Z");

std::string Bytes(const Slice& slice) {
    std::string bytes;
    for (const Piece& piece : slice.pieces) {
        std::string part(piece.size(), '\0');
        const auto at = static_cast<off_t>(piece.begin.byte);
        EXPECT_EQ(::pread(piece.file->get(), part.data(), part.size(), at),
                  static_cast<ssize_t>(part.size()));
        bytes += part;
    }
    return bytes;
}

/// "" where nothing is recorded.
std::string Cut(FakeRecording& recording, time::SysTime from, time::SysTime to,
                time::SysTime now = kLater) {
    auto built = BuildSlice(&recording.catalog(), recording.layout(), "kpcc", from, to, now);
    const auto* slice = std::get_if<Slice>(&built);
    return slice == nullptr ? "" : Bytes(*slice);
}

/// Three segments of one take, then another take that overlaps it by 10 s.
void FillTwoTakes(FakeRecording& recording) {
    recording.AddTake("00000000000a", kStart);
    const auto a0 = recording.AddSegment("00000000000a", 0, kStart, 0, 2000);
    const auto a1 = recording.AddSegment("00000000000a", 1, a0.end, 2000, 1500);
    const auto a2 = recording.AddSegment("00000000000a", 2, a1.end - time::Micros{700}, 3500, 1777);
    recording.AddTake("00000000000b", a2.end - 10_s);
    recording.AddSegment("00000000000b", 0, a2.end - 10_s, 10000, 2500);
}

TEST(Locate, FindsTheFirstBorderAtOrAfterASample) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto segment = recording.AddSegment("00000000000a", 0, kStart, 0, 200);
    const util::UniqueFd file(
        ::open(recording.layout().Resolve(segment.path).c_str(), O_RDONLY | O_CLOEXEC));
    const auto locate = [&](std::uint64_t sample, bool indexed) {
        return Locate(
            FileReader(file.get()), segment,
            indexed ? recording.catalog().FindIndexEntry(segment.id, sample) : std::nullopt,
            sample);
    };
    for (const bool indexed : {false, true}) {
        EXPECT_EQ(locate(0, indexed), (Position{0, 0}));
        EXPECT_EQ(locate(1, indexed), (Position{1152, FakeFrames(0, 1).size()}));
        EXPECT_EQ(locate(1152, indexed), (Position{1152, FakeFrames(0, 1).size()}));
        for (std::uint32_t frame : {37, 38, 39, 100, 198, 199}) {
            const Position border{frame * 1152ULL, FakeFrames(0, frame).size()};
            EXPECT_EQ(locate(frame * 1152 - 1, indexed), border) << frame;
            EXPECT_EQ(locate(frame * 1152, indexed), border) << frame;
        }
        EXPECT_EQ(locate(199 * 1152 + 1, indexed), (Position{segment.samples, segment.bytes}));
        EXPECT_EQ(locate(segment.samples + 5, indexed), (Position{segment.samples, segment.bytes}));
    }
}

TEST(Slice, HoldsTheFramesThatBeganInItsTime) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    recording.AddSegment("00000000000a", 0, kStart, 0, 2000);
    // Frames begin every 26.122 ms: the first at or after 10 s is number 383.
    EXPECT_EQ(Cut(recording, kStart + 10_s, kStart + 11_s), FakeFrames(383, 422 - 383));
    EXPECT_EQ(Cut(recording, kStart, kStart + 1_s), FakeFrames(0, 39));
}

TEST(Slice, AdjoiningSlicesTile) {
    FakeRecording recording;
    FillTwoTakes(recording);
    const time::Micros length = FakeDuration(7600);
    const std::string whole = Cut(recording, kStart, kStart + length);
    ASSERT_GT(whole.size(), 7000u * 417);
    std::mt19937 random(20261120);
    std::uniform_int_distribution<std::int64_t> pick(0, length.count());
    for (int round = 0; round < 20; ++round) {
        std::vector<std::int64_t> cuts{0, length.count()};
        for (int i = 0; i < 30; ++i) cuts.push_back(pick(random));
        std::sort(cuts.begin(), cuts.end());
        std::string joined;
        for (std::size_t i = 1; i < cuts.size(); ++i) {
            joined +=
                Cut(recording, kStart + time::Micros{cuts[i - 1]}, kStart + time::Micros{cuts[i]});
        }
        ASSERT_TRUE(joined == whole) << "round " << round;
    }
}

TEST(Slice, TakesEveryFrameOfATake) {
    FakeRecording recording;
    FillTwoTakes(recording);
    const std::string whole = Cut(recording, kStart, kStart + FakeDuration(5277) - 1_s);
    EXPECT_EQ(whole, FakeFrames(0, static_cast<std::uint32_t>(whole.size() / 417.96 + 0.5)));
}

TEST(Slice, ReportsGapsAndSplices) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto a = recording.AddSegment("00000000000a", 0, kStart, 0, 400);
    recording.catalog().EndTake("00000000000a", a.end, "server closed");
    recording.catalog().AddFailure("kpcc", {a.end + 1_s, "refused"});
    recording.AddTake("00000000000b", a.end + 5_s);
    const auto b = recording.AddSegment("00000000000b", 0, a.end + 5_s, 1000, 400);
    auto built =
        BuildSlice(&recording.catalog(), recording.layout(), "kpcc", kStart, b.end, kLater);
    const Slice& slice = std::get<Slice>(built);
    EXPECT_EQ(slice.gaps, (std::vector<Gap>{{a.end, b.start, "server closed", {"refused"}}}));
    EXPECT_EQ(GapsHeader(slice.gaps), "1; 5.0s");
    EXPECT_TRUE(slice.complete);
    EXPECT_EQ(BitrateOf(slice), 128);
    EXPECT_EQ(slice.size(), a.bytes + b.bytes);
}

TEST(Slice, OfTheFutureIsNotComplete) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto open = recording.AddSegment("00000000000a", 0, kStart, 0, 400, true);
    const time::SysTime now = open.end + 1_s;
    auto built =
        BuildSlice(&recording.catalog(), recording.layout(), "kpcc", kStart, kStart + 60_s, now);
    const Slice& slice = std::get<Slice>(built);
    EXPECT_FALSE(slice.complete);
    EXPECT_TRUE(slice.gaps.empty());
    EXPECT_EQ(slice.size(), open.bytes);

    const auto future =
        BuildSlice(&recording.catalog(), recording.layout(), "kpcc", now + 1_s, now + 60_s, now);
    EXPECT_TRUE(std::get<NothingRecorded>(future).yet);
    const auto past = BuildSlice(&recording.catalog(), recording.layout(), "kpcc", kStart - 60_s,
                                 kStart - 30_s, now);
    EXPECT_FALSE(std::get<NothingRecorded>(past).yet);
    EXPECT_EQ(std::get<NothingRecorded>(past).before, std::nullopt);
    ASSERT_TRUE(std::get<NothingRecorded>(past).after);
    EXPECT_EQ(std::get<NothingRecorded>(past).after->id, open.id);
}

TEST(Slice, ReadsNoMoreThanTheCatalogVouchesFor) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto open = recording.AddSegment("00000000000a", 0, kStart, 0, 400, true);
    std::ofstream(recording.layout().Resolve(open.path), std::ios::app) << "not yet known";
    EXPECT_EQ(Cut(recording, kStart, kStart + 60_s, open.end), FakeFrames(0, 400));
}

TEST(Slice, AFileThatHasGoneIsAGap) {
    FakeRecording recording;
    FillTwoTakes(recording);
    const auto rows = recording.catalog().AllSegments("kpcc");
    std::filesystem::remove(recording.layout().Resolve(rows[1].path));
    auto built =
        BuildSlice(&recording.catalog(), recording.layout(), "kpcc", kStart, rows[2].end, kLater);
    const Slice& slice = std::get<Slice>(built);
    ASSERT_EQ(slice.gaps.size(), 1u);
    EXPECT_EQ(slice.gaps[0].from, rows[1].start);
    EXPECT_EQ(slice.pieces.size(), 2u);
    std::filesystem::resize_file(recording.layout().Resolve(rows[0].path), 100);
    EXPECT_EQ(Cut(recording, kStart, rows[1].end), "");
}

TEST(Slice, ItsEtagNamesItsBytes) {
    FakeRecording recording;
    FillTwoTakes(recording);
    const auto etag = [&](time::SysTime from, time::SysTime to) {
        auto built = BuildSlice(&recording.catalog(), recording.layout(), "kpcc", from, to, kLater);
        return std::get<Slice>(built).Etag();
    };
    EXPECT_EQ(etag(kStart, kStart + 10_s), etag(kStart, kStart + 10_s));
    EXPECT_NE(etag(kStart, kStart + 10_s), etag(kStart, kStart + 11_s));
    EXPECT_NE(etag(kStart, kStart + 10_s), etag(kStart + 1_s, kStart + 10_s));
}

TEST(Slice, WithoutACatalogNothingIsRecorded) {
    const storage::Layout layout("/nonexistent");
    const auto built = BuildSlice(nullptr, layout, "kpcc", kStart, kStart + 1_s, kLater);
    EXPECT_FALSE(std::get<NothingRecorded>(built).yet);
}

TEST(Slice, HasTheCodecOfMostOfTheTime) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto mpeg = recording.AddSegment("00000000000a", 0, kStart, 0, 1000);
    const auto adts = recording.AddAdtsSegment("00000000000a", 1, mpeg.end, 861);
    const auto more = recording.AddSegment("00000000000a", 2, adts.end, 1000, 1000);
    const auto build = [&](time::SysTime from, time::SysTime to) {
        return std::get<Slice>(
            BuildSlice(&recording.catalog(), recording.layout(), "kpcc", from, to, kLater));
    };

    const Slice whole = build(kStart, more.end);
    EXPECT_EQ(Bytes(whole), FakeFrames(0, 2000));
    ASSERT_EQ(whole.gaps.size(), 1u);
    EXPECT_EQ(whole.gaps[0], (Gap{mpeg.end, adts.end, "another codec", {}}));

    // Some last frames of what the station changed from do not decide.
    const Slice after = build(mpeg.end - 1_s, adts.end);
    ASSERT_EQ(after.pieces.size(), 1u);
    EXPECT_EQ(after.pieces[0].segment.id, adts.id);
    EXPECT_EQ(after.size(), adts.bytes);
    ASSERT_EQ(after.gaps.size(), 1u);
    EXPECT_EQ(after.gaps[0].to, mpeg.end);
}

}  // namespace
}  // namespace aircheck::webapi
