// SPDX-License-Identifier: MIT
#include "webapi/feeds/weekdays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aircheck::webapi {
namespace {

using testing::HasSubstr;

TEST(Weekdays, ParsesDaysRangesAndGroups) {
    struct Case {
        const char* text;
        const char* bits;  // Saturday first, Sunday last
    };
    for (const auto& [text, bits] : {
             Case{"mon", "0000010"},
             Case{"Monday", "0000010"},
             Case{"SUN", "0000001"},
             Case{"sat", "1000000"},
             Case{"mon,wed", "0001010"},
             Case{"mon,Wednesday,mon", "0001010"},
             Case{"mon-fri", "0111110"},
             Case{"mon-mon", "0000010"},
             Case{"sat-mon", "1000011"},
             Case{"fri-thu", "1111111"},
             Case{"mon-wed,sat", "1001110"},
             Case{"daily", "1111111"},
             Case{"weekdays", "0111110"},
             Case{"weekend", "1000001"},
             Case{"weekend,wed", "1001001"},
         }) {
        const auto weekdays = ParseWeekdays(text);
        ASSERT_TRUE(weekdays) << text;
        EXPECT_EQ(weekdays->to_string(), bits) << text;
    }
}

TEST(Weekdays, RefusesAllElse) {
    for (const char* text :
         {"", ",", "mon,", ",mon", "mon,,wed", "mon-", "-mon", "mon-fri-sat", "funday", "mon wed",
          "mon_2pm", "slices", "at", "live", "2am", "today", "mon-daily"})
        EXPECT_FALSE(ParseWeekdays(text)) << text;
    EXPECT_FALSE(ParseWeekdays(std::string(10'000, ',')));
}

TEST(Weekdays, AreDescribedToPeople) {
    for (const auto& [text, described] :
         {std::pair{"mon", "Mondays"}, std::pair{"sun,sat", "Saturdays and Sundays"},
          std::pair{"fri,mon,wed", "Mondays, Wednesdays and Fridays"},
          std::pair{"mon-fri", "Mondays to Fridays"}, std::pair{"daily", "Every day"}})
        EXPECT_EQ(DescribeWeekdays(*ParseWeekdays(text)), described);
    EXPECT_EQ(WeekdayName(0), "Sunday");
}

TEST(Weekdays, HintAtWhatWasMeant) {
    EXPECT_EQ(WhyNoWeekdays({{"weekdays", "mon-fri"}}), "");
    EXPECT_THAT(WhyNoWeekdays({{"weekdays", "mondy"}}), HasSubstr("Did you mean monday?"));
    EXPECT_THAT(WhyNoWeekdays({{"weekdays", "stream"}}), HasSubstr("/help"));
    EXPECT_EQ(WhyNoWeekdaysAndStart({{"weekdays", "mon_2pm"}}), "");
    EXPECT_EQ(WhyNoWeekdaysAndStart({{"weekdays", "mon,wed 2:30 pm"}}), "");
    EXPECT_THAT(WhyNoWeekdaysAndStart({{"weekdays", "fry_2pm"}}), HasSubstr("Did you mean fri?"));
    EXPECT_NE(WhyNoWeekdaysAndStart({{"weekdays", "mon"}}), "");
}

}  // namespace
}  // namespace aircheck::webapi
