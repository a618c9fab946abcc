// SPDX-License-Identifier: MIT
#include "common/audio/level.h"

#include <gtest/gtest.h>

#include <limits>

namespace aircheck::audio {
namespace {

TEST(Level, IsInHalfDecibelsBelowFullScale) {
    EXPECT_EQ(LevelOf(1), 0);
    EXPECT_EQ(LevelOf(0.5), 6);  // a sine
    EXPECT_EQ(LevelOf(0.01), 40);
    EXPECT_EQ(LevelOf(1e-5), 100);
    EXPECT_EQ(LevelOf(4), 0);
    EXPECT_EQ(LevelOf(1e-30), kQuietest);
    EXPECT_EQ(LevelOf(0), kQuietest);
    EXPECT_EQ(LevelOf(-1), kQuietest);
    EXPECT_EQ(LevelOf(std::numeric_limits<double>::quiet_NaN()), kQuietest);
    EXPECT_EQ(LevelOf(std::numeric_limits<double>::infinity()), 0);
}

TEST(Level, GoesBack) {
    EXPECT_DOUBLE_EQ(Decibels(100), -50);
    EXPECT_DOUBLE_EQ(MeanSquare(100), 1e-5);
    EXPECT_DOUBLE_EQ(MeanSquare(kUnknownLevel), 0);
    for (int level = 0; level <= kQuietest; ++level)
        EXPECT_EQ(LevelOf(MeanSquare(static_cast<Level>(level))), level);
}

}  // namespace
}  // namespace aircheck::audio
