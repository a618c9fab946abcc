// SPDX-License-Identifier: MIT
#include "common/timeline/timeline.h"

#include <gtest/gtest.h>

#include "common/time/timestamp.h"

namespace aircheck::timeline {
namespace {

const time::SysTime kZero = *time::ParseBasic("20261120T200000Z");

time::SysTime T(double seconds) {
    return kZero + time::Micros{static_cast<std::int64_t>(seconds * 1e6)};
}

/// 1000 samples a second, so that samples are milliseconds.
Recorded Row(const char* take, int sequence, double from, double to, double take_start) {
    Recorded row;
    row.segment.id = static_cast<std::int64_t>(take[0]) * 100 + sequence;
    row.segment.take = take;
    row.segment.sequence = sequence;
    row.segment.start = T(from);
    row.segment.end = T(to);
    row.segment.samples = static_cast<std::uint64_t>((to - from) * 1000 + 0.5);
    row.take_start = T(take_start);
    return row;
}

/// "a0[0,10000) b0[500,900)"
std::string Text(const Timeline& timeline) {
    std::string text;
    for (const Span& span : timeline.spans) {
        if (!text.empty()) text += ' ';
        text += span.segment->take + std::to_string(span.segment->sequence) + '[' +
                std::to_string(span.from_sample) + ',' + std::to_string(span.to_sample) + ')';
    }
    return text;
}

TEST(Timeline, CutsWithinASegment) {
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0)};
    const Timeline timeline = MakeTimeline(rows, T(10), T(20));
    EXPECT_EQ(Text(timeline), "a0[10000,20000)");
    EXPECT_TRUE(timeline.gaps.empty());
    EXPECT_TRUE(timeline.splices.empty());
}

TEST(Timeline, JoinsSegmentsOfATakeBySequence) {
    // The clock was slewed between them: neither the overlap nor the hole costs a sample.
    const std::vector<Recorded> rows = {Row("a", 0, 0, 50.003, 0), Row("a", 1, 50, 100, 0),
                                        Row("a", 2, 100.05, 120, 0)};
    const Timeline timeline = MakeTimeline(rows, T(10), T(110));
    EXPECT_EQ(Text(timeline), "a0[10000,50003) a1[0,50000) a2[0,9950)");
    EXPECT_TRUE(timeline.gaps.empty());
    EXPECT_TRUE(timeline.splices.empty());
    EXPECT_EQ(Text(MakeTimeline(rows, T(40), T(50.001))), "a0[40000,50001)");
    EXPECT_EQ(Text(MakeTimeline(rows, T(50.001), T(51))), "a0[50001,50003) a1[0,1000)");
    EXPECT_EQ(Text(MakeTimeline(rows, T(99), T(100.02))), "a1[49000,50000)");
    EXPECT_EQ(Text(MakeTimeline(rows, T(100.02), T(101))), "a2[0,950)");
}

TEST(Timeline, AnOlderTakePlaysToItsEnd) {
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0), Row("b", 0, 85, 200, 85),
                                        Row("c", 0, 190, 300, 190)};
    const Timeline timeline = MakeTimeline(rows, T(0), T(300));
    EXPECT_EQ(Text(timeline), "a0[0,100000) b0[15000,115000) c0[10000,110000)");
    ASSERT_EQ(timeline.splices.size(), 2u);
    EXPECT_EQ(timeline.splices[0], (Splice{T(100), false, false}));
    EXPECT_TRUE(timeline.gaps.empty());
    EXPECT_EQ(Text(MakeTimeline(rows, T(90), T(95))), "a0[90000,95000)");
}

TEST(Timeline, TheOlderTakeIsNotTheOneWithTheOlderSegment) {
    const std::vector<Recorded> rows = {Row("b", 0, 45, 200, 45), Row("a", 1, 50, 100, 0)};
    EXPECT_EQ(Text(MakeTimeline(rows, T(60), T(110))), "a1[10000,50000) b0[55000,65000)");
}

TEST(Timeline, ACoveredTakeAddsNothingAndFillsHoles) {
    const std::vector<Recorded> rows = {Row("a", 0, 0, 50, 0), Row("b", 0, 40, 90, 40),
                                        Row("a", 2, 75, 100, 0)};
    const Timeline timeline = MakeTimeline(rows, T(0), T(100));
    EXPECT_EQ(Text(timeline), "a0[0,50000) b0[10000,35000) a2[0,25000)");
    const std::vector<Recorded> covered = {Row("a", 0, 0, 100, 0), Row("b", 0, 40, 90, 40)};
    EXPECT_EQ(Text(MakeTimeline(covered, T(0), T(100))), "a0[0,100000)");
}

TEST(Timeline, SaysWhatIsMissing) {
    const std::vector<Recorded> rows = {Row("a", 0, 10, 20, 10), Row("b", 0, 30, 40, 30),
                                        Row("c", 0, 40.05, 50, 40)};
    const Timeline timeline = MakeTimeline(rows, T(0), T(60));
    EXPECT_EQ(Text(timeline), "a0[0,10000) b0[0,10000) c0[0,9950)");
    EXPECT_EQ(timeline.gaps, (std::vector<Gap>{{T(0), T(10)}, {T(20), T(30)}, {T(50), T(60)}}));
    const Timeline nothing = MakeTimeline(rows, T(21), T(22));
    EXPECT_TRUE(nothing.spans.empty());
    EXPECT_EQ(nothing.gaps, (std::vector<Gap>{{T(21), T(22)}}));
    EXPECT_TRUE(MakeTimeline({}, T(0), T(1)).spans.empty());
}

TEST(Timeline, IgnoresEmptySegments) {
    const std::vector<Recorded> rows = {Row("a", 0, 10, 10, 10), Row("b", 0, 10, 20, 11)};
    EXPECT_EQ(Text(MakeTimeline(rows, T(10), T(20))), "b0[0,10000)");
}

/// Row with a place in its take, in samples, that go on from take `older` by `shift`: position p of
/// the older take is p - shift of this one.
Recorded Spliced(Recorded row, std::uint64_t take_sample, const char* older, std::uint64_t shift) {
    row.segment.take_sample = take_sample;
    row.splices.push_back({older, row.segment.take, row.segment.start, true, {shift, 0}});
    return row;
}

TEST(Timeline, GoesOnAtTheVeryFrame) {
    // The newer take is dated 30 ms early, then 30 ms late.
    for (const double off : {-0.03, 0.03}) {
        const std::vector<Recorded> rows = {
            Row("a", 0, 0, 100, 0), Spliced(Row("b", 0, 85 + off, 200 + off, 86), 0, "a", 85'000)};
        const Timeline timeline = MakeTimeline(rows, T(0), T(150));
        EXPECT_EQ(timeline.spans[0].to_sample, 100'000U);
        EXPECT_EQ(timeline.spans[1].from_sample, 15'000U);
        EXPECT_EQ(timeline.splices, (std::vector{Splice{T(100), true, true}}));
        EXPECT_TRUE(timeline.gaps.empty());
        // Wherever a border is, all is heard once.
        for (const double border : {99.95, 99.99, 100.0, 100.01, 100.05}) {
            const auto before = MakeTimeline(rows, T(0), T(border)).spans;
            const auto after = MakeTimeline(rows, T(border), T(150)).spans;
            if (before.back().segment == after.front().segment)
                EXPECT_EQ(before.back().to_sample, after.front().from_sample) << border;
            else
                EXPECT_EQ(after.front().from_sample, 15'000U) << border;
        }
    }
}

TEST(Timeline, TakesDatedApartLeaveNoHole) {
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0),
                                        Spliced(Row("b", 0, 100.4, 200, 86), 0, "a", 90'000)};
    const Timeline timeline = MakeTimeline(rows, T(0), T(150));
    EXPECT_TRUE(timeline.gaps.empty());
    EXPECT_EQ(timeline.spans[1].from_sample, 10'000U);
}

TEST(Timeline, AJoinMayLieInTheSegmentBefore) {
    // By the clock the newer take's second segment is on when the older one ends, to the frame it
    // is still the first.
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0),
                                        Spliced(Row("b", 0, 84.98, 99.98, 86), 0, "a", 85'000),
                                        Spliced(Row("b", 1, 99.98, 120, 86), 15'000, "a", 85'010)};
    const std::vector<Recorded> late = {rows[0],
                                        Spliced(Row("b", 0, 85.03, 99.98, 86), 0, "a", 85'060),
                                        Spliced(Row("b", 1, 99.98, 120, 86), 14'950, "a", 85'060)};
    EXPECT_EQ(Text(MakeTimeline(rows, T(0), T(110))), "a0[0,100000) b0[14990,15000) b1[0,10020)");
    EXPECT_EQ(Text(MakeTimeline(late, T(0), T(110))), "a0[0,100000) b0[14940,14950) b1[0,10020)");
    EXPECT_EQ(Text(MakeTimeline(late, T(100), T(110))), "b0[14940,14950) b1[0,10020)");
    EXPECT_EQ(Text(MakeTimeline(late, T(50), T(100))), "a0[50000,100000)");
}

TEST(Timeline, AJoinMayLieInTheSegmentAfter) {
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0),
                                        Spliced(Row("b", 0, 85.02, 100.02, 86), 0, "a", 84'990),
                                        Spliced(Row("b", 1, 100.02, 120, 86), 15'000, "a", 84'990)};
    EXPECT_EQ(Text(MakeTimeline(rows, T(0), T(110))), "a0[0,100000) b1[10,9980)");
    EXPECT_TRUE(MakeTimeline(rows, T(0), T(110)).gaps.empty());
}

TEST(Timeline, OfTwoRecordersTheOtherFillsAHole) {
    // The older take lost a segment; the other one, which began 10 s later, has it.
    Recorded last = Row("a", 2, 40, 100, 0);
    last.segment.take_sample = 40'000;
    const std::vector<Recorded> rows = {
        Row("a", 0, 0, 20, 0), Spliced(Row("b", 0, 10.01, 110.01, 10), 0, "a", 10'000), last};
    EXPECT_EQ(Text(MakeTimeline(rows, T(0), T(100))), "a0[0,20000) b0[10000,29990) a2[0,60000)");
}

TEST(Timeline, OfTakesThatDieTogetherTheLongerOneCounts) {
    // By its date b has 20 ms more than a, to the frame it has 30 ms less.
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0),
                                        Spliced(Row("b", 0, 90.05, 100.02, 91), 0, "a", 90'000),
                                        Spliced(Row("c", 0, 97, 120, 101), 0, "b", 7'000)};
    const Timeline timeline = MakeTimeline(rows, T(0), T(110));
    EXPECT_EQ(Text(timeline), "a0[0,100000) c0[3000,13000)");
    EXPECT_TRUE(timeline.gaps.empty());
}

TEST(Timeline, TakesOfTwoProcessesAreJoinedByTheOneInWhichBothGoOn) {
    // By its date b has what follows 20 ms later.
    Recorded c = Spliced(Row("c", 0, 85, 200, 99), 0, "a", 85'000);
    c.splices.push_back({"b", "c", c.segment.start, true, {0, 5'000}});
    const std::vector<Recorded> rows = {Row("a", 0, 0, 100, 0), Row("b", 0, 90.02, 110.02, 91), c};
    const Timeline timeline = MakeTimeline(rows, T(0), T(150));
    EXPECT_EQ(Text(timeline), "a0[0,100000) b0[10000,20000) c0[25000,65000)");
    ASSERT_EQ(timeline.splices.size(), 2U);
    EXPECT_TRUE(timeline.splices[0].exact && timeline.splices[0].final);
}

}  // namespace
}  // namespace aircheck::timeline
