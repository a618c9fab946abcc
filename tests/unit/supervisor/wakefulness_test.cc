// SPDX-License-Identifier: MIT
#include "supervisor/wakefulness.h"

#include <gtest/gtest.h>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;

TEST(Wakefulness, IsNotAskedOfWhoTicks) {
    time::ManualClock clock{time::SysTime{}};
    Wakefulness wakefulness(clock);
    for (int i = 0; i < 10; ++i) {
        clock.Advance(1s + 400ms * (i % 2));
        EXPECT_FALSE(wakefulness.JustWoke());
        wakefulness.Tick();
        EXPECT_FALSE(wakefulness.JustWoke());
    }
}

TEST(Wakefulness, ShowsBeforeTheTickAndSomeTimeAfter) {
    time::ManualClock clock{time::SysTime{}};
    Wakefulness wakefulness(clock);
    clock.Advance(1s);
    wakefulness.Tick();
    clock.Advance(1600ms);
    EXPECT_TRUE(wakefulness.JustWoke());
    wakefulness.Tick();
    EXPECT_TRUE(wakefulness.JustWoke());
    clock.Advance(900ms);
    wakefulness.Tick();
    EXPECT_TRUE(wakefulness.JustWoke());
    clock.Advance(200ms);
    EXPECT_FALSE(wakefulness.JustWoke());
}

}  // namespace
}  // namespace aircheck::supervisor
