// SPDX-License-Identifier: MIT
#include "common/time/timestamp.h"

#include <gtest/gtest.h>

namespace aircheck::time {
namespace {

using namespace std::chrono_literals;

// date -u -d '2026-11-20 20:30:00' +%s
const SysTime kEvening{1795206600s};

TEST(Timestamp, FormatsEachForm) {
    EXPECT_EQ(FormatBasic(kEvening + 999ms), "20261120T203000Z");
    EXPECT_EQ(FormatIso(kEvening + 123456us), "2026-11-20T20:30:00.123Z");
    EXPECT_EQ(FormatHttpDate(kEvening), "Fri, 20 Nov 2026 20:30:00 GMT");
    EXPECT_EQ(FormatIso(SysTime{-1us}), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(FormatHttpDate(SysTime{}), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(Timestamp, ParsesBasic) {
    EXPECT_EQ(ParseBasic("20261120T203000Z"), kEvening);
    EXPECT_EQ(ParseBasic("20240229T000000Z"), SysTime{1709164800s});
    EXPECT_EQ(ParseBasic("20161231T235960Z"), SysTime{1483228800s});  // a leap second
    for (const auto* text :
         {"", "20261120T203000", "20261120T203000z", "20261120 203000Z", "20261120T203000Zx",
          " 20261120T203000Z", "20261320T203000Z", "20260229T000000Z", "20261120T243000Z",
          "20261120T206000Z", "2026112-T203000Z", "20261100T203000Z", "+0261120T203000Z"}) {
        EXPECT_EQ(ParseBasic(text), std::nullopt) << text;
    }
}

TEST(Timestamp, ParsesTheThreeHttpForms) {
    // RFC 9110, 5.6.7
    const SysTime expected{784111777s};
    EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
    EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
    EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994"), expected);
    EXPECT_EQ(ParseHttpDate("Fri Nov 20 20:30:00 2026"), kEvening);
    EXPECT_EQ(ParseHttpDate("Friday, 20-Nov-26 20:30:00 GMT"), kEvening);
    for (const auto* text :
         {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun Nov  6 08:49:37 1994\r\n", "1994-11-06"}) {
        EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace aircheck::time
