// SPDX-License-Identifier: MIT
#include "loudness/level_meter.h"

#include <gtest/gtest.h>

#include <vector>

namespace aircheck::loudness {
namespace {

using audio::kUnknownLevel;
using Levels = std::vector<audio::Level>;

constexpr std::uint32_t kRate = 44'100;

std::vector<float> Powers(std::size_t count, float power) {
    return std::vector<float>(count, power);
}

TEST(LevelMeter, TellsWholeTenthsOfASecond) {
    LevelMeter meter(kRate, 0, 0);
    for (int frame = 0; frame < 38; ++frame) meter.Add(1152, Powers(1152, 0.01F));
    EXPECT_EQ(meter.Take(), Levels(9, 40));
    EXPECT_EQ(meter.next(), 9U);
    EXPECT_TRUE(meter.Take().empty());
    meter.Add(1152, Powers(1152, 0.01F));
    EXPECT_EQ(meter.Take(), Levels(1, 40));
    EXPECT_EQ(meter.TakeAll(), Levels(1, 40));
    EXPECT_TRUE(meter.TakeAll().empty());
}

TEST(LevelMeter, FindsTheTenthThatAChangeIsIn) {
    LevelMeter meter(kRate, 0, 0);
    meter.Add(4410, Powers(4410, 1e-12F));
    meter.Add(2205, Powers(2205, 1e-12F));
    meter.Add(2205 + 4410, Powers(2205 + 4410, 0.01F));
    EXPECT_EQ(meter.Take(), (Levels{240, 46, 40}));
}

TEST(LevelMeter, SpreadsWhatHasAnotherRateThanItsHeader) {
    LevelMeter twice(22'050, 0, 0);
    for (int frame = 0; frame < 22; ++frame) twice.Add(1024, Powers(2048, 0.1F));
    EXPECT_EQ(twice.Take(), Levels(10, 20));
}

TEST(LevelMeter, WhatWasNotDecodedIsNotKnown) {
    LevelMeter meter(kRate, 0, 0);
    meter.Add(8820, {});
    meter.Add(4410, Powers(4410, 1));
    EXPECT_EQ(meter.Take(), (Levels{kUnknownLevel, kUnknownLevel, 0}));
    meter.Add(0, Powers(100, 1));
    EXPECT_TRUE(meter.Take().empty());
}

TEST(LevelMeter, GoesOnWhereAnotherOneEnded) {
    LevelMeter meter(kRate, kRate, 12);
    for (int i = 0; i < 5; ++i) meter.Add(4410, Powers(4410, i < 2 ? 1.0F : 0.01F));
    EXPECT_EQ(meter.Take(), Levels(3, 40));
    EXPECT_EQ(meter.next(), 15U);
}

TEST(LevelMeter, TenthsNeedNotBeWholeSamples) {
    LevelMeter meter(11'025, 0, 0);
    for (int frame = 0; frame < 100; ++frame) meter.Add(576, Powers(576, 0.01F));
    EXPECT_EQ(meter.Take(), Levels(52, 40));
}

}  // namespace
}  // namespace aircheck::loudness
