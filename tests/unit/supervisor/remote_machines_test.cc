// SPDX-License-Identifier: MIT
#include "supervisor/remote_machines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kAll = 1000;

/// Checks every 20 s, silent after 15 s, room for four, as time goes by in the test.
class RemoteMachinesTest : public testing::Test {
protected:
    /// "heard a" and so on, since the last call.
    std::vector<std::string> Told() { return std::exchange(told_, {}); }

    /// Lets the time pass, with `beating` sending each 5 s, and checks at its end.
    void Pass(std::chrono::seconds time, const std::vector<std::string>& beating = {}) {
        for (auto passed = 0s; passed < time; passed += 5s) {
            clock_.Advance(5s);
            for (const auto& id : beating) EXPECT_TRUE(machines_.Hear(id));
        }
        EXPECT_FALSE(machines_.Check(kAll));
    }

    void MakeSteady(const std::string& id) {
        EXPECT_TRUE(machines_.Hear(id));
        clock_.Advance(1s);
        EXPECT_TRUE(machines_.Hear(id));
    }

    time::ManualClock clock_{time::SysTime(1000s)};
    std::vector<std::string> told_;
    proto::MachineEvent last_;
    config::MachinesConfig config_{.expect = {"expected"}};
    RemoteMachines machines_{config_, clock_,
                             [this](const proto::MachineEvent& event) {
                                 told_.push_back(event.event + " " + event.machine);
                                 last_ = event;
                             },
                             4};
};

TEST_F(RemoteMachinesTest, TellsWhoIsNewWhoFellSilentAndWhoCameBack) {
    machines_.Hear("expected");
    machines_.Hear("a");
    EXPECT_THAT(Told(), ElementsAre("heard expected", "heard a"));
    Pass(20s, {"expected", "a"});
    EXPECT_THAT(Told(), IsEmpty());
    Pass(20s, {"expected"});
    EXPECT_THAT(Told(), ElementsAre("silent a"));
    EXPECT_EQ(last_.heard, 1020);
    EXPECT_EQ(last_.time, 1040);
    EXPECT_EQ(machines_.silent(), 1u);
    Pass(20s, {"expected"});
    EXPECT_THAT(Told(), IsEmpty());  // once
    machines_.Hear("a");
    EXPECT_THAT(Told(), ElementsAre("returned a"));
    EXPECT_EQ(last_.heard, 1060);
    Pass(20s);
    EXPECT_THAT(Told(), ElementsAre("silent expected", "silent a"));
}

TEST_F(RemoteMachinesTest, SilenceBeginsAtTheTimeoutExactly) {
    machines_.Hear("expected");
    clock_.Advance(15s - time::Micros{1});
    machines_.Check(kAll);
    EXPECT_EQ(machines_.silent(), 0u);
    clock_.Advance(time::Micros{1});
    machines_.Check(kAll);
    EXPECT_EQ(machines_.silent(), 1u);
}

TEST_F(RemoteMachinesTest, WhoIsExpectedAndNeverHeardIsSilent) {
    EXPECT_THAT(Told(), IsEmpty());
    Pass(20s);
    EXPECT_THAT(Told(), ElementsAre("silent expected"));
    EXPECT_EQ(last_.heard, 0);
    machines_.Hear("expected");
    EXPECT_THAT(Told(), ElementsAre("heard expected"));
}

TEST_F(RemoteMachinesTest, AStepOfTheSystemClockSilencesNobody) {
    machines_.Hear("expected");
    clock_.Step(std::chrono::hours{1});
    Pass(10s);
    clock_.Step(-std::chrono::hours{2});
    machines_.Check(kAll);
    EXPECT_EQ(machines_.silent(), 0u);
}

// The process was stopped, or the computer asleep: what was sent meanwhile is lost.
TEST_F(RemoteMachinesTest, WhoDidNotListenAccusesNobody) {
    machines_.Hear("expected");
    Told();
    clock_.Advance(60s);
    machines_.Check(kAll);
    EXPECT_THAT(Told(), IsEmpty());
    Pass(20s);
    EXPECT_THAT(Told(), ElementsAre("silent expected"));
    EXPECT_EQ(last_.heard, 1000);
}

TEST_F(RemoteMachinesTest, TellsOfNoMoreThanItMay) {
    for (const char* id : {"a", "b", "c"}) machines_.Hear(id);
    Told();
    clock_.Advance(20s);
    EXPECT_TRUE(machines_.Check(2));
    EXPECT_THAT(Told(), ElementsAre("silent expected", "silent a"));
    EXPECT_FALSE(machines_.Check(2));
    EXPECT_THAT(Told(), ElementsAre("silent b", "silent c"));
}

TEST_F(RemoteMachinesTest, WithoutRoomTheNewAreRefused) {
    for (const char* id : {"a", "b", "c", "d"}) EXPECT_TRUE(machines_.Hear(id));
    EXPECT_FALSE(machines_.Hear("e"));
    EXPECT_TRUE(machines_.Hear("a"));
    EXPECT_TRUE(machines_.Hear("expected"));
    EXPECT_EQ(machines_.size(), 5u);
}

TEST_F(RemoteMachinesTest, ForgetsTheSilentOnesWhoWereHeardForAMomentFirst) {
    MakeSteady("steady");
    MakeSteady("old");
    machines_.Hear("moment");
    machines_.Hear("moment");
    machines_.Hear("beating");
    Pass(20s, {"beating"});
    Told();
    for (const char* id : {"e", "f", "g"}) EXPECT_TRUE(machines_.Hear(id));
    EXPECT_THAT(Told(), ElementsAre("forgotten moment", "heard e", "forgotten steady", "heard f",
                                    "forgotten old", "heard g"));
    EXPECT_FALSE(machines_.Hear("h"));  // who beats stays, and who is expected, too
    EXPECT_EQ(machines_.size(), 5u);
    EXPECT_EQ(machines_.silent(), 1u);
}

TEST_F(RemoteMachinesTest, AFloodOfMadeUpOnesDoesNotCostThoseThatBeat) {
    config_.expect.clear();
    RemoteMachines machines(
        config_, clock_, [](const proto::MachineEvent&) {}, 100);
    const std::vector<std::string> real{"a", "b", "c"};
    for (const auto& id : real) EXPECT_TRUE(machines.Hear(id));
    int number = 0;
    for (int second = 1; second <= 120; ++second) {
        clock_.Advance(1s);
        for (int i = 0; i < 1000; ++i) machines.Hear("made-up-" + std::to_string(++number));
        if (second % 5 == 0) {
            for (const auto& id : real) EXPECT_TRUE(machines.Hear(id));
        }
        if (second % 20 == 0) {
            EXPECT_FALSE(machines.Check(kAll));
        }
        EXPECT_LE(machines.size(), 100u);
    }
    EXPECT_FALSE(machines.Check(kAll));
    EXPECT_EQ(machines.size(), 100u);
    for (const auto& id : real) EXPECT_TRUE(machines.Hear(id));
}

}  // namespace
}  // namespace aircheck::supervisor
