// SPDX-License-Identifier: MIT
#include "loudness/silence.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace aircheck::loudness {
namespace {

using namespace std::chrono_literals;
using Change = SilenceDetector::Change;
using Changes = std::vector<Change>;
using Levels = std::vector<audio::Level>;

constexpr audio::Level kSound = 40;
constexpr audio::Level kSilence = 160;
constexpr time::SysTime kNoon{1'795'000'000s};

/// Alarm after 3 s below -50 dBFS.
class SilenceTest : public testing::Test {
protected:
    /// So many tenths from the end of the last ones on.
    Changes Hear(std::size_t tenths, audio::Level level) {
        const auto changes = detector_.Hear(now_, Levels(tenths, level));
        now_ += kTenth * static_cast<std::int64_t>(tenths);
        return changes;
    }

    time::SysTime now_ = kNoon;
    SilenceDetector detector_{{3s, -50}};
};

TEST_F(SilenceTest, IsToldWhenItHasLastedAndWhenSoundIsBack) {
    EXPECT_TRUE(Hear(100, kSound).empty());
    EXPECT_TRUE(Hear(29, kSilence).empty());
    EXPECT_EQ(Hear(1, kSilence), (Changes{{true, kNoon + 10s, std::nullopt}}));
    EXPECT_TRUE(Hear(1000, kSilence).empty());
    const auto back = now_;
    EXPECT_EQ(Hear(5, kSound), (Changes{{false, kNoon + 10s, back}}));
    EXPECT_TRUE(Hear(29, kSilence).empty());
}

TEST_F(SilenceTest, AClickDoesNotEndIt) {
    Hear(20, kSilence);
    Hear(2, kSound);
    EXPECT_EQ(Hear(8, kSilence), (Changes{{true, kNoon, std::nullopt}}));
    EXPECT_TRUE(Hear(2, kSound).empty());
    EXPECT_TRUE(Hear(1, kSilence).empty());
    EXPECT_TRUE(Hear(2, kSound).empty());
    EXPECT_EQ(Hear(1, kSound).size(), 1U);
}

TEST_F(SilenceTest, TheLevelItselfIsSound) {
    Hear(40, 100);
    EXPECT_TRUE(Hear(29, 101).empty());
    EXPECT_EQ(Hear(1, 101).size(), 1U);
}

TEST_F(SilenceTest, TakesThatOverlapAreHeardOnce) {
    Hear(20, kSilence);
    EXPECT_TRUE(detector_.Hear(kNoon, Levels(20, kSound)).empty());
    EXPECT_EQ(detector_.Hear(kNoon + 10ms, Levels(30, kSilence)).size(), 1U);
}

TEST_F(SilenceTest, WhatIsNotKnownIsNeitherSoundNorSilence) {
    EXPECT_TRUE(Hear(100, audio::kUnknownLevel).empty());
    Hear(20, kSilence);
    EXPECT_TRUE(Hear(10, audio::kUnknownLevel).empty());
    EXPECT_EQ(Hear(1, kSilence), (Changes{{true, kNoon + 10s, std::nullopt}}));
}

TEST_F(SilenceTest, BeginsAnewBehindAHoleButAnAlarmStays) {
    Hear(20, kSilence);
    now_ += 10s;
    EXPECT_TRUE(Hear(29, kSilence).empty());
    EXPECT_EQ(Hear(1, kSilence), (Changes{{true, kNoon + 12s, std::nullopt}}));
    now_ += 1h;
    EXPECT_TRUE(Hear(100, kSilence).empty());
    const auto back = now_;
    EXPECT_EQ(Hear(3, kSound), (Changes{{false, kNoon + 12s, back}}));
}

TEST_F(SilenceTest, GoesOnWithAnAlarmThatWasToldBefore) {
    detector_.Resume(kNoon - 1h);
    EXPECT_TRUE(Hear(100, kSilence).empty());
    EXPECT_EQ(Hear(3, kSound), (Changes{{false, kNoon - 1h, kNoon + 10s}}));
}

}  // namespace
}  // namespace aircheck::loudness
