// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/unit/webapi/listening/live_fixture.h"

namespace aircheck::webapi {
namespace {

using SlowListenerTest = LiveFixture;

TEST_F(SlowListenerTest, IsMovedToALaterFrame) {
    recording_.AddTake("00000000000a", start_);
    recording_.AddSegment("00000000000a", 0, start_, 0, 12'000);
    LiveBody body = BodyAt(start_);
    std::string heard = Hear(body);
    EXPECT_EQ(heard.size(), 160'000u);
    clock_.Advance(50_s);
    heard += Bytes(*Next(body));
    const std::string all = FakeFrames(0, 12'000);
    EXPECT_TRUE(all.starts_with(heard));
    EXPECT_NEAR(static_cast<double>(heard.size()), 60 * 16'000, 1000);

    clock_.Advance(70_s);  // this is how long he takes for that part
    const std::string moved = Bytes(*Next(body));
    const std::size_t at = all.find(moved);
    EXPECT_NEAR(static_cast<double>(at), 120 * 16'000, 1000);
    EXPECT_EQ(moved.substr(0, 2), "\xff\xfb");
    EXPECT_NEAR(static_cast<double>(moved.size()), 160'000, 1000);
    // And on from there at the broadcast's speed.
    EXPECT_EQ(Hear(body), "");
    clock_.Advance(1_s);
    const std::string on = Hear(body);
    EXPECT_TRUE(all.substr(at).starts_with(moved + on));
    EXPECT_NEAR(static_cast<double>(on.size()), 16'000, 500);
}

TEST_F(SlowListenerTest, WhoHadAllThatThereWasIsNotSlow) {
    recording_.AddTake("00000000000a", start_);
    catalog::Segment open = recording_.AddSegment("00000000000a", 0, start_, 0, 100, true);
    LiveBody body = BodyAt(start_);
    EXPECT_TRUE(Hear(body) == FakeFrames(0, 100));
    // Recording pauses for two minutes, and then there is a minute at once.
    clock_.Advance(120_s);
    EXPECT_EQ(Hear(body), "");
    recording_.Grow(open, 100, 2300);
    Look();
    std::string heard = Hear(body);
    EXPECT_NEAR(static_cast<double>(heard.size()), 160'000, 1000);
    clock_.Advance(60_s);
    heard += Hear(body);
    EXPECT_TRUE(heard == FakeFrames(100, 2300));
}

TEST_F(SlowListenerTest, GoesOnWithTheOldestSoundWhereRetentionOvertookHim) {
    recording_.AddTake("00000000000a", start_);
    const auto a0 = recording_.AddSegment("00000000000a", 0, start_, 0, 200);
    const auto a1 = recording_.AddSegment("00000000000a", 1, a0.end, 200, 2000);
    recording_.AddSegment("00000000000a", 2, a1.end, 2200, 400, true);
    LiveBody body = BodyAt(start_);
    std::string heard = Bytes(*Next(body));
    for (const auto& gone : {a0, a1}) {
        std::filesystem::remove(recording_.layout().Resolve(gone.path));
        recording_.catalog().RemoveSegment(gone.id);
    }
    const auto next = FindLiveNext(recording_.catalog(), recording_.layout(), a0, clock_.Now());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->lost, a1.end - a1.start);
    clock_.Advance(50_s);
    Look();
    heard += Hear(body);
    EXPECT_TRUE(heard == FakeFrames(0, 200) + FakeFrames(2200, 400));
}

TEST_F(SlowListenerTest, AHoleInTheRecordingIsNoLoss) {
    recording_.AddTake("00000000000a", start_);
    const auto a0 = recording_.AddSegment("00000000000a", 0, start_, 0, 200);
    recording_.AddTake("00000000000b", a0.end + 3600_s);
    recording_.AddSegment("00000000000b", 0, a0.end + 3600_s, 5000, 400, true);
    clock_.Advance(3700_s);
    const auto next = FindLiveNext(recording_.catalog(), recording_.layout(), a0, clock_.Now());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->lost, time::Micros{});
    EXPECT_EQ(next->piece.begin.byte, 0u);
}

TEST_F(SlowListenerTest, ManyShareOneLookUpAndOneFile) {
    recording_.AddTake("00000000000a", start_);
    const auto a0 = recording_.AddSegment("00000000000a", 0, start_, 0, 200);
    recording_.AddSegment("00000000000a", 1, a0.end, 200, 2000);
    LiveBody one = BodyAt(start_);
    LiveBody two = BodyAt(start_);
    EXPECT_EQ(one.file(), two.file());
    EXPECT_EQ(Hear(one), Hear(two));
    clock_.Advance(10_s);
    Look();
    EXPECT_EQ(Hear(one), Hear(two));
    EXPECT_EQ(one.current().sequence, 1);
    EXPECT_EQ(one.file(), two.file());
}

}  // namespace
}  // namespace aircheck::webapi
