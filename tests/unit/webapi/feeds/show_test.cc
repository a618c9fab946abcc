// SPDX-License-Identifier: MIT
#include "webapi/feeds/show.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/time/timestamp.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAreArray;

time::Zone Zone(const char* name) {
    return *time::Zone::Find(name);
}

Show Parse(const char* weekdays, const char* start, const char* duration,
           const char* zone = "UTC") {
    auto show = ParseShow(*ParseWeekdays(weekdays), start, duration, "The_Show", Zone(zone));
    EXPECT_TRUE(std::holds_alternative<Show>(show)) << start << " " << duration;
    return std::get<Show>(show);
}

/// When airings begin, as segments' names have it.
std::vector<std::string> Starts(const Show& show, const char* from, const char* to,
                                std::size_t limit = 100) {
    std::vector<std::string> starts;
    const auto airings =
        AiringsBetween(show, *time::ParseBasic(from), *time::ParseBasic(to), limit);
    for (const Airing& airing : airings) {
        EXPECT_EQ(airing.to - airing.from, show.duration);
        starts.push_back(time::FormatBasic(airing.from));
    }
    return starts;
}

TEST(Show, IsReadFromAPath) {
    for (const auto& [start, clock] :
         {std::pair{"2pm", time::Micros{14h}}, std::pair{"2_PM", time::Micros{14h}},
          std::pair{"14:30", time::Micros{14h + 30min}}, std::pair{"noon", time::Micros{12h}},
          std::pair{"2:30:15pm", time::Micros{14h + 30min + 15s}},
          std::pair{"midnight", time::Micros{0}}})
        EXPECT_EQ(Parse("mon", start, "1hr").clock, clock) << start;
    const Show utc = Parse("mon", "2pmZ", "90", "America/Los_Angeles");
    EXPECT_EQ(utc.zone.Name(), time::Zone().Name());
    EXPECT_EQ(utc.duration, time::Micros{90min});
    const auto named = ParseShow({}, "2pm", "1hr", "_The__Évening_News_", time::Zone());
    EXPECT_EQ(std::get<Show>(named).name, "The  Évening News");
    EXPECT_EQ(Parse("mon-fri", "7:05", "1hr30").Times(), "Mondays to Fridays from 07:05, 90 min");
    EXPECT_EQ(Parse("sun", "7:05:01", "90s").Times(), "Sundays from 07:05:01, 90 s");
}

TEST(Show, SaysWhatCannotBeUnderstood) {
    struct Case {
        const char* start;
        const char* duration;
        const char* name;
        const char* part;
    };
    for (const auto& [start, duration, name, part] : {
             Case{"whenever", "1hr", "x", "whenever"},
             Case{"", "1hr", "x", ""},
             Case{"25:00", "1hr", "x", "25:00"},
             Case{"yesterday", "1hr", "x", "yesterday"},
             Case{"z", "1hr", "x", "z"},
             Case{"2pm", "long", "x", "long"},
             Case{"2pm", "0", "x", "0"},
             Case{"2pm", "25hr", "x", "25hr"},
             Case{"2pm", "1hr", "___", "___"},
         }) {
        const auto show = ParseShow({}, start, duration, name, time::Zone());
        const auto* error = std::get_if<SpokenError>(&show);
        ASSERT_NE(error, nullptr) << start << " " << duration << " " << name;
        EXPECT_EQ(error->part, part);
        EXPECT_FALSE(error->hint.empty());
    }
    const std::string long_name(201, 'x');
    EXPECT_TRUE(
        std::holds_alternative<SpokenError>(ParseShow({}, "2pm", "1hr", long_name, time::Zone())));
}

TEST(Airings, AreOnTheirWeekdaysTheLatestFirst) {
    // 20 November 2026 is a Friday.
    EXPECT_THAT(Starts(Parse("mon", "14:00", "1hr"), "20261101T000000Z", "20261120T000000Z"),
                ElementsAreArray({"20261116T140000Z", "20261109T140000Z", "20261102T140000Z"}));
    EXPECT_THAT(Starts(Parse("mon,thu", "14:00", "1hr"), "20261108T000000Z", "20261120T000000Z"),
                ElementsAreArray({"20261119T140000Z", "20261116T140000Z", "20261112T140000Z",
                                  "20261109T140000Z"}));
    EXPECT_THAT(Starts(Parse("daily", "14:00", "1hr"), "20261117T000000Z", "20261120T000000Z"),
                ElementsAreArray({"20261119T140000Z", "20261118T140000Z", "20261117T140000Z"}));
    EXPECT_THAT(Starts(Parse("daily", "14:00", "1hr"), "20200101T000000Z", "20261120T000000Z", 2),
                ElementsAreArray({"20261119T140000Z", "20261118T140000Z"}));
    EXPECT_TRUE(AiringsBetween(Show{}, {}, *time::ParseBasic("20261120T000000Z"), 5).empty());
}

TEST(Airings, BeginWithinTheBorders) {
    const Show show = Parse("fri", "14:00", "1hr");
    EXPECT_THAT(Starts(show, "20261120T140000Z", "20261120T140000Z"),
                ElementsAreArray({"20261120T140000Z"}));
    EXPECT_TRUE(Starts(show, "20261120T140001Z", "20261127T135959Z").empty());
}

TEST(Airings, LastOverMidnightAndTheWeeksEnd) {
    const Show show = Parse("sun", "23:30", "2hr", "Europe/Berlin");
    const auto airings = AiringsBetween(show, *time::ParseBasic("20261110T000000Z"),
                                        *time::ParseBasic("20261120T000000Z"), 9);
    ASSERT_EQ(airings.size(), 1u);
    EXPECT_EQ(time::FormatBasic(airings[0].from), "20261115T223000Z");
    EXPECT_EQ(time::FormatBasic(airings[0].to), "20261116T003000Z");  // a Monday there
    // Over the year's end, and on a local day that is another one in UTC.
    EXPECT_THAT(Starts(Parse("thu", "11pm", "3hr", "America/Los_Angeles"), "20261230T000000Z",
                       "20270105T000000Z"),
                ElementsAreArray({"20270101T070000Z"}));
}

TEST(Airings, KeepTheClockThroughDaylightSaving) {
    // Clocks go back on 25 October 2026 and forward on 28 March 2027, both Sundays, at 1:00 UTC.
    EXPECT_THAT(Starts(Parse("sun", "8:00", "1hr", "Europe/Berlin"), "20261015T000000Z",
                       "20261102T000000Z"),
                ElementsAreArray({"20261101T070000Z", "20261025T070000Z", "20261018T060000Z"}));
    EXPECT_THAT(Starts(Parse("sun", "8:00", "1hr", "Europe/Berlin"), "20270320T000000Z",
                       "20270405T000000Z"),
                ElementsAreArray({"20270404T060000Z", "20270328T060000Z", "20270321T070000Z"}));
    // A reading that comes twice is the first; one that does not come is when the clock jumps.
    EXPECT_THAT(Starts(Parse("sun", "2:30", "1hr", "Europe/Berlin"), "20261018T120000Z",
                       "20261101T120000Z"),
                ElementsAreArray({"20261101T013000Z", "20261025T003000Z"}));
    EXPECT_THAT(Starts(Parse("sun", "2:30", "1hr", "Europe/Berlin"), "20270321T120000Z",
                       "20270404T120000Z"),
                ElementsAreArray({"20270404T003000Z", "20270328T010000Z"}));
    // One that lasts through the change lasts as long as ever (Starts looks).
    EXPECT_THAT(Starts(Parse("sat", "23:00", "6hr", "Europe/Berlin"), "20261024T000000Z",
                       "20261025T000000Z"),
                ElementsAreArray({"20261024T210000Z"}));
}

}  // namespace
}  // namespace aircheck::webapi
