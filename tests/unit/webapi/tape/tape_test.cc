// SPDX-License-Identifier: MIT
#include "webapi/tape/tape.h"

#include <gtest/gtest.h>
#include <boost/json/array.hpp>

#include <vector>

#include "tests/unit/webapi/fake_recording.h"

namespace aircheck::webapi {
namespace {

/// Some 26 s of sound, a hole of 10 s, 26 s more; from 5 s before that on in another take, too.
class TapeTest : public testing::Test {
protected:
    TapeTest() {
        recording_.AddTake("00000000000a", start_);
        first_ = recording_.AddSegment("00000000000a", 0, start_, 0, 1000);
        recording_.AddTake("00000000000b", first_.end + 10_s);
        second_ = recording_.AddSegment("00000000000b", 0, first_.end + 10_s, 2000, 1000);
        recording_.AddTake("00000000000c", second_.end - 5_s);
        third_ = recording_.AddSegment("00000000000c", 0, second_.end - 5_s, 5000, 1000);
    }

    Tape Draw(time::Micros step) {
        Tape tape{"kpcc", start_, third_.end, step, {}, {}, {}, {}, {}};
        const time::SysTime middle = start_ + 30_s;
        AddToTape(recording_.catalog(), tape, start_, middle);
        AddToTape(recording_.catalog(), tape, middle, third_.end);
        return tape;
    }

    const time::SysTime start_ = At("20261120T203000Z");
    FakeRecording recording_;
    catalog::Segment first_;
    catalog::Segment second_;
    catalog::Segment third_;
};

TEST_F(TapeTest, TellsSoundFromHoles) {
    const Tape tape = Draw(100_s / 1000);
    ASSERT_EQ(tape.stored.size(), 2u);
    EXPECT_EQ(tape.stored[0].from, start_);
    EXPECT_EQ(tape.stored[0].to, first_.end);
    EXPECT_EQ(tape.stored[1].from, second_.start);
    EXPECT_EQ(tape.stored[1].to, third_.end);
    ASSERT_EQ(tape.gaps.size(), 1u) << "one that is looked at in two portions is still one";
    EXPECT_EQ(tape.gaps[0].from, first_.end);
    EXPECT_EQ(tape.gaps[0].to, second_.start);
    EXPECT_EQ(tape.gaps[0].holes, 1u);
    EXPECT_EQ(tape.gaps[0].missing, second_.start - first_.end);
    ASSERT_EQ(tape.doubled.size(), 1u);
    EXPECT_EQ(tape.doubled[0].from, third_.start);
    EXPECT_EQ(tape.doubled[0].to, second_.end);
    EXPECT_EQ(tape.splices.size(), 1u);
}

TEST_F(TapeTest, DoesNotTellApartWhatIsShorterThanAStep) {
    const Tape tape = Draw(60_s);
    ASSERT_EQ(tape.stored.size(), 1u);
    EXPECT_EQ(tape.stored[0].to, third_.end);
    ASSERT_EQ(tape.gaps.size(), 1u) << "but what is missing is not hidden";
    EXPECT_TRUE(tape.doubled.empty());
}

TEST_F(TapeTest, JoinsHolesThatAreNearAndCountsThem) {
    recording_.AddTake("00000000000d", third_.end + 2_s);
    const auto fourth = recording_.AddSegment("00000000000d", 0, third_.end + 2_s, 9000, 100);
    Tape tape{"kpcc", start_, fourth.end, 60_s, {}, {}, {}, {}, {}};
    AddToTape(recording_.catalog(), tape, start_, fourth.end);
    ASSERT_EQ(tape.gaps.size(), 1u);
    EXPECT_EQ(tape.gaps[0].holes, 2u);
    EXPECT_EQ(tape.gaps[0].longest, second_.start - first_.end);
    EXPECT_NEAR(std::chrono::duration<double>(tape.gaps[0].missing).count(), 12, 0.1);
}

/// The last levels that were told of, as an array of numbers, 0 for null.
std::vector<double> Numbers(const boost::json::object& fields, const char* name) {
    std::vector<double> numbers;
    for (const auto& value : fields.at("loudness").as_object().at(name).as_array())
        numbers.push_back(value.is_null() ? 0 : value.to_number<double>());
    return numbers;
}

TEST_F(TapeTest, TellsHowLoudTheSoundIs) {
    std::vector<audio::Level> levels(260, 40);
    levels[105] = 20;
    const std::vector<catalog::SegmentLevels> all{{first_.id, 0, levels},
                                                  {second_.id, 0, {60, 62}}};
    recording_.catalog().SetLevels(all);

    const auto draw = [&](time::Micros step) {
        Tape tape{"kpcc", start_, third_.end, step, {}, {}, {}, {}, {}};
        tape.levels = TapeLevels(start_, third_.end, step);
        const time::SysTime middle = start_ + 12_s;
        AddToTape(recording_.catalog(), tape, start_, middle);
        AddToTape(recording_.catalog(), tape, middle, third_.end);
        return TapeFields(tape);
    };
    const auto fine = draw(1_s);
    EXPECT_EQ(fine.at("loudness").at("step").to_number<double>(), 1);
    const auto loudest = Numbers(fine, "loudest");
    ASSERT_GE(loudest.size(), 37U);
    EXPECT_EQ(loudest[0], -20);
    EXPECT_EQ(loudest[10], -10);
    EXPECT_EQ(loudest[11], -20);
    EXPECT_EQ(loudest[30], 0) << "a hole";
    EXPECT_EQ(loudest[36], -30);
    EXPECT_NEAR(Numbers(fine, "mean")[10], -17.2, 0.3);

    const auto wide = Numbers(draw(10_s), "loudest");
    EXPECT_EQ(wide[0], -20);
    EXPECT_EQ(wide[1], -10);
    const auto finest = draw(1_s / 1000);
    EXPECT_EQ(finest.at("loudness").at("step").to_number<double>(), 0.1);
}

TEST_F(TapeTest, LoudnessThatNobodyAskedForIsNotLookedUp) {
    EXPECT_TRUE(Numbers(TapeFields(Draw(1_s)), "mean").empty());
}

}  // namespace
}  // namespace aircheck::webapi
