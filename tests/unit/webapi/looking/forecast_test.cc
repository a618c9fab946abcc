// SPDX-License-Identifier: MIT
#include "webapi/looking/forecast.h"

#include <gtest/gtest.h>

#include <vector>

namespace aircheck::webapi {
namespace {

TEST(Forecast, SaysWhenTheDiskIsFull) {
    const std::vector<Filling> fillings{{1000, 10, 1e6, {}}};
    const Forecast forecast = ForecastDisk(fillings, 500);
    EXPECT_DOUBLE_EQ(forecast.rate, 10);
    ASSERT_TRUE(forecast.full_in);
    EXPECT_DOUBLE_EQ(*forecast.full_in, 50);
}

TEST(Forecast, LevelsOffWhereAsMuchGoesAsComes) {
    const std::vector<Filling> fillings{{1000, 10, 200, {}}};
    const Forecast forecast = ForecastDisk(fillings, 5000);
    EXPECT_FALSE(forecast.full_in);
    EXPECT_DOUBLE_EQ(forecast.at_most, 2000);
}

TEST(Forecast, KnowsThatSomeLevelOffBeforeOthers) {
    // Both grow by 20 a second for 10 s, then one by 10: 300 are full after 10 + 10 s.
    const std::vector<Filling> fillings{{0, 10, 10, {}}, {0, 10, 1e6, {}}};
    const Forecast forecast = ForecastDisk(fillings, 300);
    ASSERT_TRUE(forecast.full_in);
    EXPECT_DOUBLE_EQ(*forecast.full_in, 20);
}

TEST(Forecast, HeedsWhatAStationMayHave) {
    const std::vector<Filling> fillings{{0, 10, 1e6, 100}};
    const Forecast forecast = ForecastDisk(fillings, 101);
    EXPECT_FALSE(forecast.full_in);
    EXPECT_DOUBLE_EQ(forecast.at_most, 100);
}

TEST(Forecast, IsFullAtOnceWithoutRoom) {
    const std::vector<Filling> fillings{{100, 10, 1e6, {}}};
    const Forecast forecast = ForecastDisk(fillings, 0);
    ASSERT_TRUE(forecast.full_in);
    EXPECT_DOUBLE_EQ(*forecast.full_in, 0);
}

TEST(Forecast, NothingRecordedFillsNothing) {
    EXPECT_FALSE(ForecastDisk({}, 0).full_in);
    const std::vector<Filling> fillings{{100, 0, 1e6, {}}};
    EXPECT_FALSE(ForecastDisk(fillings, 0).full_in);
}

}  // namespace
}  // namespace aircheck::webapi
