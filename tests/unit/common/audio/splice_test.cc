// SPDX-License-Identifier: MIT
#include "common/audio/splice.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace aircheck::audio {
namespace {

constexpr std::uint32_t kSamples = 1152;
constexpr std::uint64_t kTolerance = 20 * 44100;

/// What a station broadcasts, as marks; takes are cut out of it.
using Broadcast = std::vector<FrameMark>;

Broadcast Music(std::size_t frames, unsigned seed = 1) {
    std::mt19937 random(seed);
    Broadcast marks;
    for (std::size_t i = 0; i < frames; ++i)
        marks.push_back({static_cast<std::uint32_t>(random()), kSamples});
    return marks;
}

Broadcast Silence(std::size_t frames) {
    return Broadcast(frames, FrameMark{7, kSamples});
}

Broadcast operator+(Broadcast a, const Broadcast& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// The run of a take that holds frames [first, last) of the broadcast and began at `take_begin`.
MarkRun Cut(const Broadcast& broadcast, std::size_t take_begin, std::size_t first,
            std::size_t last) {
    const auto at = [&](std::size_t i) {
        return broadcast.begin() + static_cast<std::ptrdiff_t>(i);
    };
    return {(first - take_begin) * kSamples, {at(first), at(last)}};
}

/// Finds the overlap of [0, older_end) and [newer_begin, newer_end), the clock being `off` frames
/// wrong.
std::optional<Match> Find(const Broadcast& broadcast, std::size_t older_end,
                          std::size_t newer_begin, std::size_t newer_end, int off = 0) {
    return FindOverlap(Cut(broadcast, 0, 0, older_end),
                       Cut(broadcast, newer_begin, newer_begin, newer_end),
                       (static_cast<std::int64_t>(newer_begin) + off) * kSamples, kTolerance);
}

void ExpectRight(const std::optional<Match>& match, std::size_t newer_begin) {
    ASSERT_TRUE(match);
    EXPECT_EQ(match->at.ToNewer(newer_begin * kSamples), 0);
    EXPECT_EQ(match->at.ToOlder(0), static_cast<std::int64_t>(newer_begin * kSamples));
}

TEST(Splice, FindsWhereTheOlderTakeEnds) {
    const auto match = Find(Music(1000), 600, 450, 1000);
    ExpectRight(match, 450);
    EXPECT_EQ(match->at.older, 600 * kSamples);
    EXPECT_EQ(match->at.newer, 150 * kSamples);
    EXPECT_EQ(match->frames, 150U);
    EXPECT_EQ(match->margin, Match::kUnique);
}

TEST(Splice, FindsATakeThatIsStillBehindTheOlderOne) {
    const auto match = Find(Music(1000), 900, 450, 500);
    ExpectRight(match, 450);
    EXPECT_EQ(match->at.older, 500 * kSamples);
    EXPECT_EQ(match->frames, 50U);
}

TEST(Splice, ComparesWhatIsLeftOfTwoLongTakes) {
    const Broadcast broadcast = Music(5000);
    // The older take began at 1000, the newer one at 200 and has more of its past.
    const auto match = FindOverlap(Cut(broadcast, 1000, 4500, 4800),
                                   Cut(broadcast, 200, 4000, 4900), 3000 * kSamples, kTolerance);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->at.older, 3800 * kSamples);
    EXPECT_EQ(match->at.newer, 4600 * kSamples);
    EXPECT_EQ(match->frames, 300U);
}

TEST(Splice, NeedsTheWholeOverlapToAgree) {
    Broadcast other = Music(1000);
    other[500].hash ^= 1;
    const auto match = FindOverlap(Cut(Music(1000), 0, 0, 600), Cut(other, 450, 450, 1000),
                                   450 * kSamples, kTolerance);
    EXPECT_FALSE(match);
}

TEST(Splice, DoesNotJoinDifferentAdvertisements) {
    const Broadcast older = Music(300, 1) + Music(300, 2);
    const Broadcast newer = Music(300, 1) + Music(300, 3);
    EXPECT_FALSE(
        FindOverlap(Cut(older, 0, 0, 600), Cut(newer, 310, 310, 600), 310 * kSamples, kTolerance));
}

TEST(Splice, DoesNotBelieveAFewFrames) {
    EXPECT_FALSE(Find(Music(1000), 600, 597, 1000));
    EXPECT_TRUE(Find(Music(1000), 600, 596, 1000));
}

TEST(Splice, BelievesTwoPages) {
    Broadcast broadcast = Music(20);
    for (FrameMark& mark : broadcast) mark.samples = 48'000;
    const MarkRun older{0, {broadcast.begin(), broadcast.begin() + 10}};
    for (const std::size_t overlap : {1, 2}) {
        const auto begin = static_cast<std::ptrdiff_t>(10 - overlap);
        const MarkRun newer{0, {broadcast.begin() + begin, broadcast.end()}};
        const auto match = FindOverlap(older, newer, begin * 48'000, kTolerance);
        EXPECT_EQ(match.has_value(), overlap == 2);
    }
}

TEST(Splice, FindsNothingWhereTakesDoNotOverlap) {
    EXPECT_FALSE(Find(Music(1000), 400, 450, 1000));
}

TEST(Splice, GoesByTheClockInSilence) {
    for (const int off : {-3, 0, 3}) {
        const auto match = Find(Silence(1000), 600, 450, 1000, off);
        ASSERT_TRUE(match);
        EXPECT_EQ(match->margin, kSamples);
        EXPECT_EQ(match->at.ToOlder(0), static_cast<std::int64_t>(450 + off) * kSamples);
    }
}

TEST(Splice, IsSureWhereSilenceHoldsASound) {
    const Broadcast broadcast = Silence(500) + Music(4) + Silence(500);
    for (const int off : {-30, 0, 30}) {
        const auto match = Find(broadcast, 600, 450, 1000, off);
        ExpectRight(match, 450);
        EXPECT_EQ(match->margin, Match::kUnique);
    }
}

TEST(Splice, TakesTheTurnOfALoopThatIsNearestToTheClock) {
    const Broadcast jingle = Music(76);
    Broadcast broadcast;
    for (int i = 0; i < 20; ++i) broadcast = broadcast + jingle;
    for (const int off : {-37, 0, 37}) {
        const auto match = Find(broadcast, 900, 470, 1500, off);
        ExpectRight(match, 470);
        EXPECT_EQ(match->margin, static_cast<std::uint64_t>(76 - 2 * std::abs(off)) * kSamples);
    }
}

TEST(Splice, IsNotFooledByASongThatIsRepeated) {
    const Broadcast song = Music(400);
    const Broadcast broadcast = song + Music(100, 2) + song + Music(100, 3);
    ExpectRight(Find(broadcast, 800, 510, 1000), 510);
    // The clock alone would say the first turn; but then the whole overlap would not agree.
    ExpectRight(Find(broadcast, 905, 510, 1000, -200), 510);
}

TEST(Splice, GoesNoFurtherFromTheClockThanItIsTold) {
    const Broadcast broadcast = Music(3000);
    EXPECT_TRUE(Find(broadcast, 2000, 1500, 3000, 700));
    EXPECT_FALSE(Find(broadcast, 2000, 1500, 3000, 800));
}

TEST(Splice, WorksWithFramesOfDifferentLengths) {
    Broadcast broadcast = Music(1000);
    for (std::size_t i = 0; i < broadcast.size(); ++i) broadcast[i].samples = 64 + i % 7 * 64;
    const MarkRun all{0, broadcast};
    MarkRun older{0, {broadcast.begin(), broadcast.begin() + 600}};
    MarkRun newer{0, {broadcast.begin() + 450, broadcast.end()}};
    const MarkRun before{0, {broadcast.begin(), broadcast.begin() + 450}};
    const auto match =
        FindOverlap(older, newer, static_cast<std::int64_t>(before.End()), kTolerance);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->at.older, older.End());
    EXPECT_EQ(match->at.newer, older.End() - before.End());
}

TEST(RecentMarks, KeepsTheLastOnes) {
    RecentMarks recent(10 * kSamples);
    const Broadcast broadcast = Music(100);
    for (const FrameMark& mark : broadcast) recent.Add(mark);
    EXPECT_EQ(recent.end(), 100 * kSamples);
    EXPECT_EQ(recent.Run(), Cut(broadcast, 0, 90, 100));
}

TEST(RecentMarks, KeepsFramesOfDifferentLengths) {
    RecentMarks recent(1000);
    for (std::uint32_t i = 0; i < 10; ++i) recent.Add({i, i < 6 ? 100U : 200U});
    recent.Add({10, 100});
    // 600 + 800 + 100 samples in all, of which the last thousand count.
    const MarkRun expected{500, {{5, 100}, {6, 200}, {7, 200}, {8, 200}, {9, 200}, {10, 100}}};
    EXPECT_EQ(recent.Run(), expected);
    EXPECT_EQ(recent.Run(1200), (MarkRun{0, {{9, 200}, {10, 100}}}));
    EXPECT_EQ(recent.Run(100).begin, 400U);
}

TEST(RecentMarks, KeepsAllWhileTheyAreFew) {
    RecentMarks recent(10 * kSamples);
    const Broadcast broadcast = Music(5);
    for (const FrameMark& mark : broadcast) recent.Add(mark);
    EXPECT_EQ(recent.Run(), Cut(broadcast, 0, 0, 5));
}

}  // namespace
}  // namespace aircheck::audio
