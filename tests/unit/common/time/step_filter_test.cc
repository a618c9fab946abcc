// SPDX-License-Identifier: MIT
#include "common/time/step_filter.h"

#include <gtest/gtest.h>

namespace aircheck::time {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A wall clock that can be set, and a filter that is asked every second.
class StepFilterTest : public testing::Test {
protected:
    Micros Error() { return filter_.Filter(utc_ + wrong_, boot_) - utc_; }

    Micros After(seconds time) {
        Micros error = Error();
        for (; time.count() > 0; --time) {
            utc_ += seconds{1};
            boot_ += seconds{1};
            error = Error();
        }
        return error;
    }

    StepFilter filter_;
    SysTime utc_{seconds{1'800'000'000}};
    Micros boot_ = seconds{5'000};
    Micros wrong_{};
};

TEST_F(StepFilterTest, FollowsASlewedClock) {
    for (int i = 0; i < 100; ++i) {
        wrong_ += milliseconds{20};
        EXPECT_EQ(After(seconds{1}), wrong_);
    }
}

TEST_F(StepFilterTest, AStepAndBackNeverHappened) {
    EXPECT_EQ(Error(), Micros{0});
    for (const Micros step :
         {Micros{seconds{90}}, Micros{-seconds{90}}, Micros{milliseconds{500}}}) {
        wrong_ = step;
        EXPECT_EQ(After(seconds{59}), Micros{0});
        wrong_ = {};
        EXPECT_EQ(After(seconds{59}), Micros{0});
    }
}

TEST_F(StepFilterTest, AStepThatLastsIsBelieved) {
    EXPECT_EQ(Error(), Micros{0});
    wrong_ = -seconds{3600};
    EXPECT_EQ(After(seconds{59}), Micros{0});
    EXPECT_EQ(After(seconds{1}), wrong_);
    EXPECT_EQ(After(seconds{1}), wrong_);
}

TEST_F(StepFilterTest, AStepAfterAStepHasToLastItself) {
    EXPECT_EQ(Error(), Micros{0});
    wrong_ = seconds{10};
    EXPECT_EQ(After(seconds{40}), Micros{0});
    wrong_ = seconds{20};
    EXPECT_EQ(After(seconds{40}), Micros{0});
    EXPECT_EQ(After(seconds{20}), wrong_);
}

TEST_F(StepFilterTest, WhoStartsInTheMidstGoesByWhatOthersKnow) {
    filter_.GoBy(utc_.time_since_epoch() - boot_);
    wrong_ = -seconds{60};
    EXPECT_EQ(Error(), Micros{0});
    EXPECT_EQ(filter_.offset(), utc_.time_since_epoch() - boot_);
    EXPECT_EQ(After(seconds{60}), wrong_);
}

}  // namespace
}  // namespace aircheck::time
