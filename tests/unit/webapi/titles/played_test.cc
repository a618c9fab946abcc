// SPDX-License-Identifier: MIT
#include "webapi/titles/played.h"

#include <gtest/gtest.h>

#include "common/catalog/title_match.h"
#include "common/log/log.h"
#include "tests/unit/webapi/fake_recording.h"

namespace aircheck::webapi {
namespace {

const time::SysTime kStart = At("20261120T200000Z");
constexpr std::uint32_t kFramesInAMinute = 2297;

class PlayedTest : public testing::Test {
protected:
    void Record(const std::string& take, int from, int minutes, bool open = false) {
        const time::SysTime start = kStart + std::chrono::seconds(from);
        recording_.AddTake(take, start);
        const auto segment = recording_.AddSegment(
            take, 0, start, 0, kFramesInAMinute * static_cast<std::uint32_t>(minutes), open);
        if (!open) recording_.catalog().EndTake(take, segment.end, "cascade");
    }

    void Say(const std::string& take, int second, const std::string& title) {
        recording_.catalog().AddTitle(
            {"kpcc", kStart + std::chrono::seconds(second), take, title, ""});
    }

    TitleQuery Query(const std::string& words = "") {
        TitleQuery query;
        query.stations = {"kpcc"};
        query.by_station = true;
        if (!words.empty()) query.match = catalog::TitleMatch(words, "kpcc");
        query.from = kStart - 3600_s;
        query.to = kStart + 7200_s;
        query.limit = 10;
        return query;
    }

    /// "title from-to", the last one first; seconds from the start.
    std::string List(const TitleQuery& query, int now = 7200) {
        std::string text;
        for (const Played& played :
             FindTitles(recording_.catalog(), query, kStart + std::chrono::seconds(now)).titles) {
            const auto second = [](time::SysTime t) {
                return std::chrono::round<std::chrono::seconds>(t - kStart).count();
            };
            text += fmt::format("{} {}-{}{} ", played.title.title, second(played.title.at),
                                played.end ? fmt::format("{}", second(*played.end)) : "?",
                                played.codec ? "" : "!");
        }
        if (!text.empty()) text.pop_back();
        return text;
    }

    FakeRecording recording_;
};

TEST_F(PlayedTest, LastsUntilTheNextOneOrTheEndOfTheSound) {
    Record("a", 0, 2);
    Say("a", 0, "one");
    Say("a", 30, "two");
    Say("a", 45, "");
    Say("a", 60, "three");
    EXPECT_EQ(List(Query()), "three 60-120 two 30-45 one 0-30");
    EXPECT_EQ(List(Query("tw")), "two 30-45");
    EXPECT_EQ(List(Query("nothing")), "");
}

TEST_F(PlayedTest, IsOnTheAirWhileItIsRecorded) {
    Record("a", 0, 2, true);
    Say("a", 0, "one");
    Say("a", 30, "two");
    EXPECT_EQ(List(Query(), 121), "two 30-? one 0-30");
    EXPECT_EQ(List(Query(), 600), "two 30-120 one 0-30");
}

TEST_F(PlayedTest, EachTakeSaysItAndItWasPlayedOnce) {
    Record("a", 0, 3);
    Record("b", 150, 3);
    Say("a", 0, "one");
    Say("b", 150, "one");
    Say("a", 160, "two");
    Say("b", 161, "two");
    Say("b", 200, "one");  // once more, in truth
    EXPECT_EQ(List(Query()), "one 200-330 two 160-200 one 0-160");
    EXPECT_EQ(List(Query("one")), "one 200-330 one 0-160");
}

TEST_F(PlayedTest, ANewTakeThatIsLateWithTheOldTitleIsNotHeard) {
    Record("a", 0, 3);
    Record("b", 100, 3);
    Say("a", 0, "one");
    Say("a", 100, "two");
    Say("b", 101, "one");
    Say("b", 102, "two");
    EXPECT_EQ(List(Query()), "two 100-280 one 0-100");
}

TEST_F(PlayedTest, BehindAGapItIsAnother) {
    Record("a", 0, 1);
    Record("b", 600, 1);
    Say("a", 0, "one");
    Say("b", 600, "one");
    EXPECT_EQ(List(Query()), "one 600-660 one 0-60");
}

TEST_F(PlayedTest, WithoutSoundThereIsNothingToHear) {
    recording_.AddTake("a", kStart);
    Say("a", 0, "one");
    Say("a", 30, "two");
    EXPECT_EQ(List(Query()), "two 30-?! one 0-30!");
}

TEST_F(PlayedTest, ComesInPages) {
    Record("a", 0, 10);
    for (int i = 0; i < 25; ++i) Say("a", i * 10, fmt::format("song {}", i));
    for (const char* words : {"", "song"}) {
        TitleQuery query = Query(words);
        int expected = 24;
        for (int page = 0; page < 3; ++page) {
            const TitlePage found = FindTitles(recording_.catalog(), query, kStart + 7200_s);
            for (const Played& played : found.titles)
                EXPECT_EQ(played.title.title, fmt::format("song {}", expected--));
            EXPECT_EQ(found.next.has_value(), page < 2);
            query.before = found.next;
        }
        EXPECT_EQ(expected, -1);
    }
}

TEST_F(PlayedTest, KeepsToTheTimeAndTheStations) {
    Record("a", 0, 2);
    for (int i = 0; i < 10; ++i) Say("a", i * 10, std::to_string(i));
    recording_.catalog().AddTake({"x", "kcrw", "", kStart, std::nullopt, ""});
    recording_.catalog().AddTitle({"kcrw", kStart + 25_s, "x", "7", ""});
    TitleQuery query = Query();
    query.from = kStart + 20_s;
    query.to = kStart + 40_s;
    EXPECT_EQ(List(query), "3 30-40 2 20-30");
    query.by_station = false;
    EXPECT_EQ(List(query), "3 30-40 2 20-30");
    query.stations.emplace("kcrw");
    EXPECT_EQ(List(query), "3 30-40 7 25-?! 2 20-30");
    query.match = catalog::TitleMatch("7", "");
    EXPECT_EQ(List(query), "7 25-?!");
}

}  // namespace
}  // namespace aircheck::webapi
