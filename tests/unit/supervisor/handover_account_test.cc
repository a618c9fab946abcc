// SPDX-License-Identifier: MIT
#include "supervisor/handover_account.h"

#include <gtest/gtest.h>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;

struct Bench {
    void Splice(const std::string& station, bool exact) {
        account.OnSplice({.station = station, .older = "a", .newer = "b", .exact = exact});
    }
    proto::RestartEvent Report() {
        proto::RestartEvent event;
        account.Report(event);
        return event;
    }

    time::ManualClock clock{time::SysTime{}};
    HandoverAccount account{clock};
};

TEST(HandoverAccount, EndsWhenAllGoOnAndTheOldOneHasEnded) {
    Bench bench;
    bench.account.Begin({"a", "b"});
    bench.Splice("a", true);
    bench.Splice("a", true);
    bench.Splice("stranger", true);
    bench.clock.Advance(17s);
    bench.account.OnEnded();
    EXPECT_FALSE(bench.account.IsDone());
    bench.Splice("b", false);
    ASSERT_TRUE(bench.account.IsDone());
    const auto event = bench.Report();
    EXPECT_EQ(event.stations, 2);
    EXPECT_EQ(event.exact, 1);
    EXPECT_EQ(event.elapsed, 17);
    EXPECT_FALSE(bench.account.IsDone()) << "told once";
}

TEST(HandoverAccount, WhatHasNotBeenJoinedByThenWillNotBe) {
    Bench bench;
    bench.account.Begin({"a"});
    bench.account.OnEnded();
    EXPECT_FALSE(bench.account.IsDone());
    bench.clock.Advance(HandoverAccount::kPatience);
    ASSERT_TRUE(bench.account.IsDone());
    EXPECT_EQ(bench.Report().exact, 0);
}

TEST(HandoverAccount, ThereIsNothingToTellWithoutAHandover) {
    Bench bench;
    bench.account.OnEnded();
    bench.Splice("a", true);
    bench.clock.Advance(1h);
    EXPECT_FALSE(bench.account.IsDone());
}

}  // namespace
}  // namespace aircheck::supervisor
