// SPDX-License-Identifier: MIT
#include "supervisor/backoff.h"

#include <gtest/gtest.h>

#include <vector>

namespace aircheck::supervisor {
namespace {

using Millis = Backoff::Millis;

/// The waits after so many deaths of a worker that lives for `lived` each time.
std::vector<long> Waits(double random, int instant_starts, Millis lived, int deaths) {
    Backoff backoff([random] { return random; }, instant_starts);
    std::vector<long> waits;
    for (int i = 0; i < deaths; ++i) waits.push_back(backoff.Next(lived).count());
    return waits;
}

TEST(Backoff, AtOnceForAWhileThenDoublingToTheLimit) {
    EXPECT_EQ(Waits(1.0, 2, Millis{0}, 12),
              (std::vector<long>{0, 0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000}));
}

TEST(Backoff, JitterTakesUpToHalf) {
    EXPECT_EQ(Waits(0.0, 1, Millis{0}, 12), (std::vector<long>{0, 50, 100, 200, 400, 800, 1600,
                                                               3200, 6400, 12800, 15000, 15000}));
}

TEST(Backoff, GoesOnForever) {
    EXPECT_EQ(Waits(1.0, 1, Millis{0}, 100'000).back(), 30'000);
}

TEST(Backoff, AccidentsAreAlwaysAnsweredAtOnce) {
    for (const long wait : Waits(1.0, 1, Backoff::kEarnedAfter, 1000)) EXPECT_EQ(wait, 0);
}

TEST(Backoff, TimeAliveEarnsInstantStartsBack) {
    Backoff backoff([] { return 1.0; }, 2);
    for (int i = 0; i < 5; ++i) backoff.Next(Millis{0});
    EXPECT_EQ(backoff.Next(std::chrono::hours{1}).count(), 0);
    EXPECT_EQ(backoff.Next(Millis{0}).count(), 0);
    EXPECT_EQ(backoff.Next(Millis{0}).count(), 100) << "never more than it began with";
}

}  // namespace
}  // namespace aircheck::supervisor
