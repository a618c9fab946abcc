// SPDX-License-Identifier: MIT
#include "webapi/http/rate_limiter.h"

#include <gtest/gtest.h>

#include <chrono>

#include "common/time/clock.h"
#include "common/util/ip_address.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, LetsBurstsThroughAndThenTheRate) {
    const auto seven = *util::ParseIpAddress("192.0.2.7");
    const auto eight = *util::ParseIpAddress("192.0.2.8");
    time::ManualClock clock{time::SysTime{}};
    RateLimiter limiter(clock, 2);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.Take(seven), 0s) << i;
    EXPECT_EQ(limiter.Take(seven), 1s);
    EXPECT_EQ(limiter.Take(seven), 1s);
    clock.Advance(500ms);
    EXPECT_EQ(limiter.Take(seven), 0s);
    EXPECT_EQ(limiter.Take(seven), 1s);
    EXPECT_EQ(limiter.Take(eight), 0s);
    clock.Advance(1h);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.Take(seven), 0s) << i;
    EXPECT_EQ(limiter.Take(seven), 1s);
    RateLimiter none(clock, 0);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(none.Take(seven), 0s);
}

}  // namespace
}  // namespace aircheck::webapi
