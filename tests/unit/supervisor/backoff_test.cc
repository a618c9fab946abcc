// SPDX-License-Identifier: MIT
#include "supervisor/backoff.h"

#include <gtest/gtest.h>

#include <vector>

namespace aircheck::supervisor {
namespace {

std::vector<long> Delays(double random, int count) {
    Backoff backoff([random] { return random; });
    std::vector<long> delays;
    for (int i = 0; i < count; ++i) delays.push_back(backoff.Next().count());
    return delays;
}

TEST(Backoff, FirstAtOnceThenDoublingToTheLimit) {
    EXPECT_EQ(Delays(1.0, 12), (std::vector<long>{0, 100, 200, 400, 800, 1600, 3200, 6400, 12800,
                                                  25600, 30000, 30000}));
}

TEST(Backoff, JitterTakesUpToHalf) {
    EXPECT_EQ(Delays(0.0, 12), (std::vector<long>{0, 50, 100, 200, 400, 800, 1600, 3200, 6400,
                                                  12800, 15000, 15000}));
}

TEST(Backoff, GoesOnForever) {
    EXPECT_EQ(Delays(1.0, 100'000).back(), 30'000);
}

TEST(Backoff, ResetBeginsAnew) {
    Backoff backoff([] { return 1.0; });
    backoff.Next();
    backoff.Next();
    backoff.Reset();
    EXPECT_EQ(backoff.Next().count(), 0);
    EXPECT_EQ(backoff.Next().count(), 100);
}

}  // namespace
}  // namespace aircheck::supervisor
