// SPDX-License-Identifier: MIT
#include "downloader/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace aircheck::downloader {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, BeginsAtOnceAndDoublesWithinItsJitter) {
    Backoff backoff(1);
    milliseconds base = Backoff::kFirst;
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto wait = backoff.Next();
        EXPECT_GE(wait, base * 3 / 4) << attempt;
        EXPECT_LE(wait, base * 5 / 4) << attempt;
        base = std::min(base * 2, Backoff::kLimit);
    }
}

TEST(Backoff, StartsOverAfterAGoodTake) {
    Backoff backoff(1);
    for (int attempt = 0; attempt < 10; ++attempt) backoff.Next();
    backoff.Reset();
    EXPECT_LE(backoff.Next(), Backoff::kFirst * 5 / 4);
}

TEST(Backoff, HonoursRetryAfterWithinReason) {
    Backoff backoff(1);
    EXPECT_EQ(backoff.Next(seconds{30}), seconds{30});
    EXPECT_EQ(backoff.Next(std::chrono::hours{100}), std::chrono::hours{1});
    EXPECT_LT(backoff.Next(seconds{-5}), seconds{1});
}

TEST(Backoff, DiffersBetweenRecorders) {
    EXPECT_NE(Backoff(1).Next(), Backoff(2).Next());
}

}  // namespace
}  // namespace aircheck::downloader
