// SPDX-License-Identifier: MIT
#include "webapi/feeds/episode.h"

#include <gtest/gtest.h>

#include "tests/unit/webapi/fake_recording.h"
#include "webapi/feeds/chapters.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;

constexpr char kTake[] = "00000000000a";
constexpr std::uint32_t kFramesAMinute = 2297;  // a few milliseconds more than a minute

class EpisodeTest : public testing::Test {
protected:
    EpisodeTest() { recording_.AddTake(kTake, start_); }

    Show MakeShow(const char* start, const char* duration) const {
        return std::get<Show>(
            ParseShow(*ParseWeekdays("daily"), start, duration, "x", time::Zone()));
    }

    std::optional<Episode> Load(const Airing& airing, time::SysTime now) const {
        auto plan = PlanEpisode(recording_.catalog(), recording_.layout(), "kpcc", airing, now);
        return plan ? MeasureEpisode(std::move(*plan)) : std::nullopt;
    }

    const time::SysTime start_ = At("20261120T200000Z");
    mutable FakeRecording recording_;
};

TEST_F(EpisodeTest, HasTheMarginAndTheSizeThatItsSliceHas) {
    recording_.AddSegment(kTake, 0, start_, 0, 10 * kFramesAMinute);
    const Airing airing{start_ + 3min, start_ + 5min};
    const auto episode = Load(airing, start_ + 1h);
    ASSERT_TRUE(episode);
    EXPECT_EQ(episode->SliceName("kpcc", "mp3"), "kpcc-20261120200100Z_6.mp3");
    EXPECT_EQ(episode->missing, time::Micros{});
    EXPECT_EQ(episode->bitrate, 128);
    const auto slice = BuildSlice(&recording_.catalog(), recording_.layout(), "kpcc", start_ + 1min,
                                  start_ + 7min, start_ + 1h);
    EXPECT_EQ(episode->bytes, std::get<Slice>(slice).size());
    EXPECT_NEAR(static_cast<double>(episode->duration.count()), 360e6, 60'000);
}

TEST_F(EpisodeTest, IsNoneBeforeItIsOver) {
    auto open = recording_.AddSegment(kTake, 0, start_, 0, 6 * kFramesAMinute, true);
    const Airing airing{start_ + 2min, start_ + 5min};
    EXPECT_FALSE(Load(airing, start_ + 6min + 1s));
    EXPECT_FALSE(Load(airing, start_ + 7min + 1s)) << "its last minute is about to be known";
    recording_.Grow(open, 6 * kFramesAMinute, kFramesAMinute);
    EXPECT_TRUE(Load(airing, start_ + 7min + 1s));
}

TEST_F(EpisodeTest, WithAGapWaitsUntilNothingMoreCanCome) {
    recording_.AddSegment(kTake, 0, start_, 0, 4 * kFramesAMinute);
    const Airing airing{start_ + 2min, start_ + 5min};
    EXPECT_FALSE(Load(airing, start_ + 10min));
    const auto episode = Load(airing, start_ + 7min + kGapPatience);
    ASSERT_TRUE(episode);
    EXPECT_NEAR(static_cast<double>(episode->missing.count()), 180e6, 100'000);
    EXPECT_FALSE(Load({start_ - 5h, start_ - 4h}, start_ + 1h)) << "nothing is recorded of it";
}

TEST_F(EpisodeTest, AiringsAreThoseThatCanBeRecorded) {
    const auto airings = [&](const Show& show, time::SysTime keep_from, time::SysTime now) {
        return RecordableAirings(recording_.catalog(), "kpcc", show, keep_from, now);
    };
    const Show show = MakeShow("20:03", "2min");
    EXPECT_TRUE(airings(show, {}, start_ + 10 * 24h).empty()) << "nothing is recorded at all";
    recording_.AddSegment(kTake, 0, start_, 0, 10 * kFramesAMinute);
    const time::SysTime first = start_ + 3min;
    EXPECT_EQ(airings(show, {}, start_ + 24h), (std::vector<Airing>{{first, first + 2min}}));
    EXPECT_EQ(airings(show, {}, start_ + 7min).size(), 1u) << "the margin is over";
    EXPECT_TRUE(airings(show, {}, start_ + 7min - 1s).empty());
    EXPECT_EQ(airings(show, {}, start_ + 2 * 24h + 7min).size(), 3u);
    EXPECT_EQ(airings(show, start_ + 1min, start_ + 24h).size(), 1u);
    EXPECT_TRUE(airings(show, start_ + 1min + 1s, start_ + 24h).empty()) << "about to be deleted";
    EXPECT_EQ(airings(MakeShow("19:00", "58min"), {}, start_ + 1h).size(), 1u)
        << "its margin is recorded";
    EXPECT_TRUE(airings(MakeShow("18:00", "1hr"), {}, start_ + 1h).empty());
    EXPECT_LE(airings(show, {}, start_ + 10'000 * 24h).size(), 800u);
}

TEST_F(EpisodeTest, ChaptersAreTheTitlesOfTheTakeThatIsHeard) {
    constexpr char other[] = "00000000000b";
    recording_.AddSegment(kTake, 0, start_, 0, 2 * kFramesAMinute);
    recording_.AddTake(other, start_ + 110s);
    recording_.AddSegment(other, 0, start_ + 110s, 2 * kFramesAMinute - 383, 2 * kFramesAMinute);
    const auto title = [&](const char* take, time::Micros at, const char* text) {
        recording_.catalog().AddTitle({"kpcc", start_ + at, take, text, ""});
    };
    title(kTake, 0s, "One");
    title(kTake, 60s, "Two");
    title(other, 110s, "Two");
    title(kTake, 115s, "Three");
    title(other, 116s, "Three \"quoted\"\x01");
    title(other, 150s, "");
    title(other, 170s, "Four");
    const auto now = start_ + 1h;
    const auto built = BuildSlice(&recording_.catalog(), recording_.layout(), "kpcc", start_ + 30s,
                                  start_ + 3min, now);
    const auto titles =
        recording_.catalog().TitlesBetween("kpcc", start_ - kTitleReach, start_ + 3min);
    const auto chapters = ChaptersOf(std::get<Slice>(built), titles);
    std::vector<std::pair<int, std::string>> heard;
    for (const Chapter& chapter : chapters)
        heard.emplace_back(
            static_cast<int>(std::chrono::round<std::chrono::seconds>(chapter.start).count()),
            chapter.title);
    // The first take ends at 120 s; what the other says of that moment holds from then on.
    EXPECT_EQ(
        heard,
        (std::vector<std::pair<int, std::string>>{
            {0, "One"}, {30, "Two"}, {85, "Three"}, {90, "Three \"quoted\"\x01"}, {140, "Four"}}));
    EXPECT_EQ(ChaptersJson(std::vector<Chapter>{{90'500ms, "A \"b\"\x01"}}),
              "{\"version\":\"1.2.0\",\"chapters\":[{\"startTime\":90.5,"
              "\"title\":\"A \\\"b\\\" \"}]}");
    EXPECT_EQ(ChaptersJson({}), "{\"version\":\"1.2.0\",\"chapters\":[]}");
}

}  // namespace
}  // namespace aircheck::webapi
