// SPDX-License-Identifier: MIT
#include "webapi/listening/icy_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/webapi/listening/icy_stream.h"
#include "tests/unit/webapi/listening/live_fixture.h"
#include "webapi/takeover/luggage.h"

namespace aircheck::webapi {
namespace {

using testing::ElementsAre;

class IcyBodyTest : public LiveFixture {
protected:
    IcyBodyTest() {
        recording_.AddTake("00000000000a", start_);
        segment_ = recording_.AddSegment("00000000000a", 0, start_, 0, 4000);
        clock_.Advance(segment_.end - start_);
    }

    TitleFollower Titles() { return {hub_, reader_, clock_}; }
    IcyBody BodyWithTitles(time::SysTime start) { return {BodyAt(start), Titles()}; }

    catalog::Segment segment_;
};

TEST_F(IcyBodyTest, TitlesComeWithTheirSound) {
    AddTitle("00000000000a", start_ - 3_s, "Before");
    AddTitle("00000000000a", start_ + 30_s + time::Micros{500'000}, "Next");
    AddTitle("00000000000a", start_ + 34_s + time::Micros{500'000}, "Next");
    AddTitle("00000000000a", start_ + 36_s + time::Micros{500'000}, "");
    AddTitle("00000000000a", start_ + 37_s + time::Micros{500'000}, "Last");
    IcyBody body = BodyWithTitles(start_ + 20_s);
    std::string heard = Hear(body);
    EXPECT_GE(heard.size(), 160'000u);
    clock_.Advance(10_s);
    heard += Hear(body);
    const IcyStream stream(heard);
    EXPECT_THAT(stream.blocks, ElementsAre("Before", "-", "-", "-", "-", "-", "-", "-", "-", "-",
                                           "Next", "-", "-", "-", "-", "-", "", "Last", "-"));
    LiveBody plain = BodyAt(start_ + 20_s);
    std::string sound = Hear(plain);
    EXPECT_TRUE(stream.sound.starts_with(sound));
    EXPECT_NE(FakeFrames(0, 4000).find(stream.sound), std::string::npos);
}

TEST_F(IcyBodyTest, WithoutATitleBlocksAreEmpty) {
    IcyBody body = BodyWithTitles(start_);
    for (const std::string& block : IcyStream(Hear(body)).blocks) EXPECT_EQ(block, "-");
}

TEST_F(IcyBodyTest, ATitleIsThatOfTheTakeOnTheAir) {
    AddTitle("00000000000a", start_, "First");
    recording_.AddTake("00000000000b", start_);
    AddTitle("00000000000b", start_ + 3_s, "Of a take that is not heard yet");
    IcyBody body = BodyWithTitles(start_);
    EXPECT_EQ(IcyStream(Hear(body)).blocks[0], "First");
    EXPECT_EQ(IcyStream(Hear(body)).blocks.size(), 0u);
}

TEST_F(IcyBodyTest, NearThePresentNewTitlesAreHeardOf) {
    AddTitle("00000000000a", start_, "Old");
    catalog::Segment open = recording_.AddSegment("00000000000a", 1, segment_.end, 4000, 400, true);
    IcyBody body = BodyWithTitles(open.start - 2_s);
    std::string heard = Hear(body);
    recording_.Grow(open, 4400, 400);
    AddTitle("00000000000a", open.end - 5_s, "New");
    Look();
    clock_.Advance(15_s);
    heard += Hear(body);
    const IcyStream stream(heard);
    ASSERT_GT(stream.blocks.size(), 18u);
    EXPECT_EQ(stream.blocks.front(), "Old");
    EXPECT_EQ(std::ranges::count(stream.blocks, "New"), 1);
    EXPECT_EQ(std::ranges::count(stream.blocks, "-"),
              static_cast<std::ptrdiff_t>(stream.blocks.size()) - 2);
}

TEST_F(IcyBodyTest, AnotherProcessGoesOnAtTheByte) {
    for (int i = 0; i < 100; ++i)
        AddTitle("00000000000a", start_ + time::Micros{i * 700'000}, "No. " + std::to_string(i));
    IcyBody whole = BodyWithTitles(start_ + 10_s);
    clock_.Advance(20_s);
    const std::string expected = Hear(whole);
    // After each of the parts that it gives out.
    for (int parts = 0; parts < 20; ++parts) {
        IcyBody first = BodyWithTitles(start_ + 10_s);
        clock_.Advance(20_s);
        std::string heard;
        for (int i = 0; i < parts; ++i) heard += Bytes(*Next(first));
        BodyState state;
        Luggage luggage;
        ASSERT_TRUE(first.Save(state, luggage));
        auto sound = LiveBody::Restore(hub_, clock_, *state.live, luggage);
        ASSERT_TRUE(sound);
        const auto second = IcyBody::Restore(std::move(*sound), Titles(), *state.live->icy);
        ASSERT_TRUE(second);
        heard += Hear(*second);
        EXPECT_TRUE(heard == expected) << parts;
    }
    BodyState state;
    Luggage luggage;
    ASSERT_TRUE(whole.Save(state, luggage));
    state.live->icy->until_block = 16'001;
    auto sound = LiveBody::Restore(hub_, clock_, *state.live, luggage);
    EXPECT_FALSE(IcyBody::Restore(std::move(*sound), Titles(), *state.live->icy));
}

}  // namespace
}  // namespace aircheck::webapi
