// SPDX-License-Identifier: MIT
#include "common/archive/splicer.h"

#include <gtest/gtest.h>

#include <random>

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
using catalog::Splice;

constexpr std::uint32_t kRate = 44'100;
constexpr std::uint32_t kFrame = 441;  // 10 ms, so that frames are hundredths of seconds
constexpr time::SteadyTime kNow{5000h};
const time::SysTime kZero{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

time::SysTime T(double seconds) {
    return kZero + time::Micros(std::llround(seconds * 1e6));
}

/// Two minutes of a broadcast, as marks.
std::vector<audio::FrameMark> Broadcast(unsigned seed = 1) {
    std::mt19937 random(seed);
    std::vector<audio::FrameMark> marks(12'000);
    for (auto& mark : marks) mark = {static_cast<std::uint32_t>(random()), kFrame};
    return marks;
}

/// A take that holds [from, to) of the broadcast, in seconds. Its dates are `off` seconds wrong.
KnownTake Take(const std::string& id, double from, double to, double off = 0, unsigned seed = 1) {
    const auto marks = Broadcast(seed);
    const auto at = [&](double second) { return marks.begin() + std::lround(second * 100); };
    return {.id = id,
            .connected = T(from),
            .start = T(from + off),
            .end = T(to + off),
            .began = std::nullopt,
            .sample_rate = kRate,
            .head = {},
            .tail = {0, {at(from), at(to)}}};
}

std::uint64_t Samples(double seconds) {
    return static_cast<std::uint64_t>(std::lround(seconds * kRate));
}

TEST(Splicer, TellsWhereATakeGoesOn) {
    Splicer splicer;
    EXPECT_FALSE(splicer.Pending());
    splicer.Ended(Take("a", 0, 50), kNow);
    EXPECT_TRUE(splicer.Pending());
    const auto found = splicer.Resolve({Take("b", 40, 55, 0.2)}, kNow);
    const std::vector expected{Splice{"a", "b", T(50), true, {Samples(50), Samples(10)}}};
    EXPECT_EQ(found, expected);
    EXPECT_FALSE(splicer.Pending());
    EXPECT_TRUE(splicer.Resolve({Take("b", 40, 60, 0.2)}, kNow).empty());
}

TEST(Splicer, WaitsForASuccessorToGetSoFar) {
    Splicer splicer;
    splicer.Ended(Take("a", 0, 50), kNow);
    EXPECT_TRUE(splicer.Resolve({}, kNow).empty());
    EXPECT_TRUE(splicer.Resolve({Take("b", 46, 49, 2)}, kNow).empty());
    EXPECT_EQ(splicer.Resolve({Take("b", 46, 51, 2)}, kNow).size(), 1U);
}

TEST(Splicer, GoesByTheClockWhereNothingAgrees) {
    Splicer splicer;
    splicer.Ended(Take("a", 0, 50), kNow);
    EXPECT_TRUE(splicer.Resolve({Take("b", 46, 51, 0, 2)}, kNow).empty());
    const auto found = splicer.Resolve({Take("b", 46, 60, 0, 2)}, kNow);
    EXPECT_EQ(found, (std::vector{Splice{"a", "b", T(50), false, {}}}));
}

TEST(Splicer, AnAdvertisementHeardLaterByAnotherListenerIsNoOverlap) {
    // What the next listener hears first was heard last by the one before, 9 s later.
    KnownTake next = Take("b", 40, 60, 0, 2);
    const KnownTake last = Take("a", 0, 50);
    std::copy(last.tail.marks.end() - 100, last.tail.marks.end(), next.tail.marks.begin());
    KnownTake young = next;
    young.end = T(42);
    young.tail.marks.resize(200);
    Splicer splicer;
    splicer.Ended(last, kNow);
    EXPECT_TRUE(splicer.Resolve({young}, kNow).empty());
    EXPECT_EQ(splicer.Resolve({next}, kNow), (std::vector{Splice{"a", "b", T(50), false, {}}}));
}

TEST(Splicer, TellsOfAHoleToo) {
    Splicer splicer;
    splicer.Ended(Take("a", 0, 50), kNow);
    const auto found = splicer.Resolve({Take("b", 55, 65)}, kNow);
    EXPECT_EQ(found, (std::vector{Splice{"a", "b", T(50), false, {}}}));
}

TEST(Splicer, OfTakesThatDieTogetherEachGoesOnInTheNext) {
    Splicer splicer;
    // b ended a moment before a; their dates say the opposite.
    splicer.Ended(Take("b", 40, 49.9, 0.15), kNow);
    splicer.Ended(Take("a", 0, 50), kNow);
    const auto found = splicer.Resolve({Take("c", 46, 55)}, kNow);
    const std::vector expected{Splice{"a", "b", T(50), true, {Samples(49.9), Samples(9.9)}},
                               Splice{"a", "c", T(50), true, {Samples(50), Samples(4)}},
                               Splice{"b", "c", T(50.05), true, {Samples(9.9), Samples(3.9)}}};
    EXPECT_EQ(found, expected);
    EXPECT_FALSE(splicer.Pending());
}

TEST(Splicer, NobodyHearsTheEndOfATakeBesideAnOlderOne) {
    Splicer splicer;
    splicer.Ended(Take("b", 10, 50), kNow);
    EXPECT_TRUE(splicer.Resolve({Take("a", 0, 51), Take("c", 46, 51)}, kNow).empty());
    EXPECT_FALSE(splicer.Pending());
}

TEST(Splicer, FindsItselfInTheBeginningOfALongTake) {
    KnownTake next = Take("b", 40, 119);
    next.head = {0, {next.tail.marks.begin(), next.tail.marks.begin() + 6000}};
    next.tail = {Samples(60), {next.tail.marks.begin() + 6000, next.tail.marks.end()}};
    Splicer splicer;
    splicer.Ended(Take("a", 0, 50), kNow);
    splicer.Ended(std::move(next), kNow);
    const auto found = splicer.Resolve({}, kNow);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0], (Splice{"a", "b", T(50), true, {Samples(50), Samples(10)}}));
}

TEST(Splicer, ForgetsWhatNobodyGoesOnFrom) {
    Splicer splicer;
    splicer.Ended(Take("a", 0, 50), kNow);
    splicer.Resolve({}, kNow + 1h);
    EXPECT_FALSE(splicer.Pending());
}

TEST(CompareTakes, CountsFromTheEndsWhereTheRateHasChanged) {
    // The older one began at another rate, of which it has half as many samples.
    KnownTake older = Take("a", 0, 50);
    KnownTake newer = Take("b", 40, 55);
    for (auto* take : {&older, &newer}) {
        take->began = kNow + (take->start - kZero);
        for (auto& mark : take->tail.marks) mark.hash = 7;
    }
    const auto first = older.tail.marks.begin();
    older.tail = {Samples(10), {first + 2000, older.tail.marks.end()}};
    const auto match = CompareTakes(older, newer);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->at.ToOlder(0), static_cast<std::int64_t>(Samples(30)));
}

TEST(CompareTakes, JoinsALoopAtTheNearestTurnWhereTakesMeetAtAnyRate) {
    // Two seconds over and over. The newer one is dated by a part of its burst.
    KnownTake older = Take("a", 0, 50);
    KnownTake newer = Take("b", 40, 55, 0.8);
    for (auto* take : {&older, &newer}) {
        auto& marks = take->tail.marks;
        for (std::size_t i = 0; i < marks.size(); ++i)
            marks[i].hash = static_cast<std::uint32_t>(i % 200);
    }
    const auto match = CompareTakes(older, newer);
    ASSERT_TRUE(match);
    EXPECT_EQ(match->at.ToOlder(0), static_cast<std::int64_t>(Samples(40)));
    // Where they may as well not meet, nothing says which turn it is.
    older.tail.marks.resize(4100);
    older.end = T(41);
    EXPECT_FALSE(CompareTakes(older, newer));
}

TEST(CompareTakes, TrustsTheClockInSilenceOnlyIfItIsGood) {
    KnownTake older = Take("a", 0, 50);
    KnownTake newer = Take("b", 40, 55, 0.1);
    for (auto* take : {&older, &newer})
        for (auto& mark : take->tail.marks) mark.hash = 7;
    const auto match = CompareTakes(older, newer);
    ASSERT_TRUE(match);
    EXPECT_FALSE(match->sure);
    EXPECT_EQ(match->at.ToOlder(0), static_cast<std::int64_t>(Samples(40.1)));
    // By the clock they do not meet.
    newer.start += 12s;
    newer.end += 12s;
    EXPECT_FALSE(CompareTakes(older, newer));
}

}  // namespace
}  // namespace aircheck::archive
