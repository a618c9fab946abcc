// SPDX-License-Identifier: MIT
#include "webapi/spoken/spoken_time.h"

#include <gtest/gtest.h>

#include "common/time/timestamp.h"

namespace aircheck::webapi {
namespace {

using time::FormatIso;
using time::ParseBasic;
using time::Zone;
using namespace std::chrono_literals;

constexpr const char* kAngeles = "America/Los_Angeles";
constexpr const char* kBerlin = "Europe/Berlin";

/// "2026-11-20T20:30:00Z", with milliseconds where there are any, or "?" and the part that was
/// not understood.
std::string Say(const std::variant<time::SysTime, SpokenError>& result) {
    if (const auto* error = std::get_if<SpokenError>(&result)) return "?" + error->part;
    auto text = FormatIso(std::get<time::SysTime>(result));
    const auto zero = text.rfind(".000Z");
    return zero == std::string::npos ? text : text.substr(0, zero) + "Z";
}

struct TimeCase {
    const char* zone;
    const char* now;
    const char* text;
    const char* expected;
};

void Check(const TimeCase& c) {
    const auto result = ParseSpokenTime(c.text, *Zone::Find(c.zone), *ParseBasic(c.now));
    EXPECT_EQ(Say(result), c.expected) << c.text << " in " << c.zone << " at " << c.now;
}

// Friday, 20 November 2026, 12:30 in Los Angeles (UTC-8).
constexpr const char* kFriday = "20261120T203000Z";

TEST(SpokenTime, Weekdays) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"friday", "2026-11-20T08:00:00Z"},
             {"fri", "2026-11-20T08:00:00Z"},
             {"thursday", "2026-11-19T08:00:00Z"},
             {"thu", "2026-11-19T08:00:00Z"},
             {"thur", "2026-11-19T08:00:00Z"},
             {"thurs", "2026-11-19T08:00:00Z"},
             {"wed", "2026-11-18T08:00:00Z"},
             {"weds", "2026-11-18T08:00:00Z"},
             {"wednesday", "2026-11-18T08:00:00Z"},
             {"tue", "2026-11-17T08:00:00Z"},
             {"tues", "2026-11-17T08:00:00Z"},
             {"tuesday", "2026-11-17T08:00:00Z"},
             {"mon", "2026-11-16T08:00:00Z"},
             {"Monday", "2026-11-16T08:00:00Z"},
             {"sun", "2026-11-15T08:00:00Z"},
             {"SUNDAY", "2026-11-15T08:00:00Z"},
             {"sat", "2026-11-14T08:00:00Z"},
             {"saturday", "2026-11-14T08:00:00Z"},
             {"monday_2pm", "2026-11-16T22:00:00Z"},
             {"monday-2pm", "2026-11-16T22:00:00Z"},
             {"monday+2pm", "2026-11-16T22:00:00Z"},
             {"monday 2pm", "2026-11-16T22:00:00Z"},
             {"monday__2_PM", "2026-11-16T22:00:00Z"},
             {"monday_at_2pm", "2026-11-16T22:00:00Z"},
             {"on monday at 2pm", "2026-11-16T22:00:00Z"},
             {"2pm monday", "2026-11-16T22:00:00Z"},
             {"mon 14:30", "2026-11-16T22:30:00Z"},
             {"mon_2:30:15pm", "2026-11-16T22:30:15Z"},
             {"mon noon", "2026-11-16T20:00:00Z"},
             {"mon midnight", "2026-11-16T08:00:00Z"},
             {"monday_14:30z", "2026-11-16T14:30:00Z"},
             {"friday_12:30pm", "2026-11-20T20:30:00Z"},
             {"friday_12:31pm", "2026-11-13T20:31:00Z"},
             {"friday_1pm", "2026-11-13T21:00:00Z"},
             {"friday_11am", "2026-11-20T19:00:00Z"},
             {"saturday_11pm", "2026-11-15T07:00:00Z"},
             {"last friday", "2026-11-13T08:00:00Z"},
             {"last_friday_11am", "2026-11-13T19:00:00Z"},
             {"last thursday 8pm", "2026-11-20T04:00:00Z"},
             {"last saturday", "2026-11-14T08:00:00Z"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
}

TEST(SpokenTime, ClockTimesAreTheLatestThatHaveBegun) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"12:30pm", "2026-11-20T20:30:00Z"},
             {"12:31pm", "2026-11-19T20:31:00Z"},
             {"noon", "2026-11-20T20:00:00Z"},
             {"12pm", "2026-11-20T20:00:00Z"},
             {"midnight", "2026-11-20T08:00:00Z"},
             {"12am", "2026-11-20T08:00:00Z"},
             {"00:00", "2026-11-20T08:00:00Z"},
             {"12:05am", "2026-11-20T08:05:00Z"},
             {"11:30am", "2026-11-20T19:30:00Z"},
             {"11:30_am", "2026-11-20T19:30:00Z"},
             {"7:05", "2026-11-20T15:05:00Z"},
             {"07:05:09", "2026-11-20T15:05:09Z"},
             {"1pm", "2026-11-19T21:00:00Z"},
             {"23:59:59", "2026-11-20T07:59:59Z"},
             {"20:30Z", "2026-11-20T20:30:00Z"},
             {"8:31pmZ", "2026-11-19T20:31:00Z"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
    // "11pm" asked at 1 am is two hours ago.
    Check({kAngeles, "20261120T090000Z", "11pm", "2026-11-20T07:00:00Z"});
    Check({kBerlin, "20261231T233000Z", "11pm", "2026-12-31T22:00:00Z"});
    Check({kBerlin, "20261231T233000Z", "noon", "2026-12-31T11:00:00Z"});
}

TEST(SpokenTime, DaysBeforeToday) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"today", "2026-11-20T08:00:00Z"},
             {"today 7am", "2026-11-20T15:00:00Z"},
             {"today 11pm", "2026-11-21T07:00:00Z"},
             {"yesterday", "2026-11-19T08:00:00Z"},
             {"yesterday_14:30", "2026-11-19T22:30:00Z"},
             {"14:30-yesterday", "2026-11-19T22:30:00Z"},
             {"yesterday noon", "2026-11-19T20:00:00Z"},
             {"3 days ago", "2026-11-17T20:30:00Z"},
             {"3_days_ago_8pm", "2026-11-18T04:00:00Z"},
             {"a week ago", "2026-11-13T20:30:00Z"},
             {"1 week 1 day ago", "2026-11-12T20:30:00Z"},
             {"2weeks ago midnight", "2026-11-06T08:00:00Z"},
             {"0 days ago", "2026-11-20T20:30:00Z"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
    Check({kBerlin, "20270101T003000Z", "yesterday", "2026-12-30T23:00:00Z"});
    Check({kBerlin, "20270101T003000Z", "thursday_11pm", "2026-12-31T22:00:00Z"});
    Check({kBerlin, "20261231T233000Z", "today", "2026-12-31T23:00:00Z"});
    Check({kBerlin, "20261231T233000Z", "yesterday 20:00", "2026-12-31T19:00:00Z"});
    Check({kBerlin, "20280301T110000Z", "yesterday", "2028-02-28T23:00:00Z"});
}

TEST(SpokenTime, ExactlySoLongAgo) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"now", "2026-11-20T20:30:00Z"},
             {"-90s", "2026-11-20T20:28:30Z"},
             {"-5min", "2026-11-20T20:25:00Z"},
             {"-5_min", "2026-11-20T20:25:00Z"},
             {"-5MIN", "2026-11-20T20:25:00Z"},
             {"-5", "2026-11-20T20:25:00Z"},
             {"-2h", "2026-11-20T18:30:00Z"},
             {"-5hr", "2026-11-20T15:30:00Z"},
             {"-1hr30", "2026-11-20T19:00:00Z"},
             {"-1.5hr", "2026-11-20T19:00:00Z"},
             {"-1h30m15s", "2026-11-20T18:59:45Z"},
             {"-0.25s", "2026-11-20T20:29:59.750Z"},
             {"-0s", "2026-11-20T20:30:00Z"},
             {"-2d", "2026-11-18T20:30:00Z"},
             {"-2w", "2026-11-06T20:30:00Z"},
             {"5 minutes ago", "2026-11-20T20:25:00Z"},
             {"5minutes_ago", "2026-11-20T20:25:00Z"},
             {"90s ago", "2026-11-20T20:28:30Z"},
             {"an hour ago", "2026-11-20T19:30:00Z"},
             {"1 hour 30 minutes ago", "2026-11-20T19:00:00Z"},
             {"1.5 days ago", "2026-11-19T08:30:00Z"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
}

TEST(SpokenTime, Dates) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"2026-11-20", "2026-11-20T08:00:00Z"},
             {"20261120", "2026-11-20T08:00:00Z"},
             {"2026-11-20Z", "2026-11-20T00:00:00Z"},
             {"2026-11-20_20:30", "2026-11-21T04:30:00Z"},
             {"2026-11-20-20:30", "2026-11-21T04:30:00Z"},
             {"2026-11-20+20:30", "2026-11-21T04:30:00Z"},
             {"2026-11-20 20:30", "2026-11-21T04:30:00Z"},
             {"2026-11-20 8:30pm", "2026-11-21T04:30:00Z"},
             {"2026-11-20 8:30 pm", "2026-11-21T04:30:00Z"},
             {"2026-11-20_noon", "2026-11-20T20:00:00Z"},
             {"8pm 2026-07-01", "2026-07-02T03:00:00Z"},
             {"2026-11-20T20:30", "2026-11-21T04:30:00Z"},
             {"2026-11-20t20:30:15", "2026-11-21T04:30:15Z"},
             {"2026-11-20T20:30:15.25Z", "2026-11-20T20:30:15.250Z"},
             {"2026-11-20T20:30:00Z", "2026-11-20T20:30:00Z"},
             {"2026-11-20T20:30:00+01:00", "2026-11-20T19:30:00Z"},
             {"2026-11-20T20:30:00-08:00", "2026-11-21T04:30:00Z"},
             {"2026-11-20T20:30:00+0530", "2026-11-20T15:00:00Z"},
             {"2026-11-20T20:30-08", "2026-11-21T04:30:00Z"},
             {"2026-11-20_20:30Z", "2026-11-20T20:30:00Z"},
             {"20261120T203000Z", "2026-11-20T20:30:00Z"},
             {"20261120t203000", "2026-11-21T04:30:00Z"},
             {"20261120T2030Z", "2026-11-20T20:30:00Z"},
             {"20261120T203000+0100", "2026-11-20T19:30:00Z"},
             {"202611202030", "2026-11-21T04:30:00Z"},
             {"20261120203015", "2026-11-21T04:30:15Z"},
             {"202611202030Z", "2026-11-20T20:30:00Z"},
             {"1795206600", "2026-11-20T20:30:00Z"},
             {"999999999", "2001-09-09T01:46:39Z"},
             {"2028-02-29", "2028-02-29T08:00:00Z"},
             {"2026-12-31_23:59:59", "2027-01-01T07:59:59Z"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
}

TEST(SpokenTime, WeekdaysRoundTheWeeksEnd) {
    // Sunday 22 November, 23:30 and Monday 23 November, 00:30 and 13:00 in Berlin.
    constexpr const char* kLateSunday = "20261122T223000Z";
    constexpr const char* kEarlyMonday = "20261122T233000Z";
    constexpr const char* kMondayNoon = "20261123T120000Z";
    for (const auto& c : {
             TimeCase{kBerlin, kLateSunday, "sunday", "2026-11-21T23:00:00Z"},
             TimeCase{kBerlin, kLateSunday, "sunday_11pm", "2026-11-22T22:00:00Z"},
             TimeCase{kBerlin, kLateSunday, "sunday_11:45pm", "2026-11-15T22:45:00Z"},
             TimeCase{kBerlin, kLateSunday, "monday", "2026-11-15T23:00:00Z"},
             TimeCase{kBerlin, kLateSunday, "last sunday", "2026-11-14T23:00:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "monday", "2026-11-22T23:00:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "monday_00:15", "2026-11-22T23:15:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "monday_1am", "2026-11-16T00:00:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "sunday_11:45pm", "2026-11-22T22:45:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "last monday", "2026-11-15T23:00:00Z"},
             TimeCase{kBerlin, kEarlyMonday, "yesterday 23:45", "2026-11-22T22:45:00Z"},
             TimeCase{kBerlin, kMondayNoon, "monday_2pm", "2026-11-16T13:00:00Z"},
             TimeCase{kBerlin, kMondayNoon, "monday_1pm", "2026-11-23T12:00:00Z"},
             TimeCase{kBerlin, kMondayNoon, "sun noon", "2026-11-22T11:00:00Z"},
             // The same instant is still Sunday in Los Angeles.
             TimeCase{kAngeles, kEarlyMonday, "monday", "2026-11-16T08:00:00Z"},
             TimeCase{kAngeles, kEarlyMonday, "sunday_3pm", "2026-11-22T23:00:00Z"},
         }) {
        Check(c);
    }
}

TEST(SpokenTime, ClocksGoingForward) {
    // Los Angeles: 8 March 2026, 02:00 PST is 03:00 PDT. Berlin: 29 March, 02:00 CET is 03:00 CEST.
    constexpr const char* kAfter = "20260309T030000Z";        // Sunday 20:00 PDT
    constexpr const char* kBerlinAfter = "20260329T180000Z";  // Sunday 20:00 CEST
    for (const auto& c : {
             TimeCase{kAngeles, kAfter, "1:59am", "2026-03-08T09:59:00Z"},
             TimeCase{kAngeles, kAfter, "2am", "2026-03-08T10:00:00Z"},
             TimeCase{kAngeles, kAfter, "2:30am", "2026-03-08T10:00:00Z"},
             TimeCase{kAngeles, kAfter, "3am", "2026-03-08T10:00:00Z"},
             TimeCase{kAngeles, kAfter, "sunday", "2026-03-08T08:00:00Z"},
             TimeCase{kAngeles, kAfter, "2026-03-08_02:30", "2026-03-08T10:00:00Z"},
             TimeCase{kAngeles, kAfter, "saturday_8pm", "2026-03-08T04:00:00Z"},
             TimeCase{kAngeles, kAfter, "yesterday_2:30am", "2026-03-07T10:30:00Z"},
             TimeCase{kAngeles, kAfter, "1 day ago", "2026-03-08T04:00:00Z"},
             TimeCase{kAngeles, kAfter, "-1d", "2026-03-08T03:00:00Z"},
             TimeCase{kAngeles, kAfter, "24 hours ago", "2026-03-08T03:00:00Z"},
             // Asked while it is 01:30: last night's.
             TimeCase{kAngeles, "20260308T093000Z", "2:30am", "2026-03-07T10:30:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "2:30", "2026-03-29T01:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "3:30", "2026-03-29T01:30:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "sun noon", "2026-03-29T10:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "sat noon", "2026-03-28T11:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "1 week ago", "2026-03-22T19:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "202603290230", "2026-03-29T01:00:00Z"},
         }) {
        Check(c);
    }
}

TEST(SpokenTime, ClocksGoingBack) {
    // Los Angeles: 1 November 2026, 02:00 PDT is 01:00 PST. Berlin: 25 October, 03:00 is 02:00.
    constexpr const char* kAfter = "20261102T040000Z";        // Sunday 20:00 PST
    constexpr const char* kBerlinAfter = "20261025T190000Z";  // Sunday 20:00 CET
    for (const auto& c : {
             TimeCase{kAngeles, kAfter, "12:30am", "2026-11-01T07:30:00Z"},
             TimeCase{kAngeles, kAfter, "1am", "2026-11-01T08:00:00Z"},
             TimeCase{kAngeles, kAfter, "1:30am", "2026-11-01T08:30:00Z"},
             TimeCase{kAngeles, kAfter, "2am", "2026-11-01T10:00:00Z"},
             TimeCase{kAngeles, kAfter, "2026-11-01_01:30", "2026-11-01T08:30:00Z"},
             TimeCase{kAngeles, kAfter, "2026-11-01T01:30-08:00", "2026-11-01T09:30:00Z"},
             TimeCase{kAngeles, kAfter, "1 day ago", "2026-11-01T03:00:00Z"},
             TimeCase{kAngeles, kAfter, "-1d", "2026-11-01T04:00:00Z"},
             TimeCase{kAngeles, kAfter, "sunday", "2026-11-01T07:00:00Z"},
             // Asked at the second 01:10: the first 01:30 has been.
             TimeCase{kAngeles, "20261101T091000Z", "1:30am", "2026-11-01T08:30:00Z"},
             // Asked at the first 01:10: it has not.
             TimeCase{kAngeles, "20261101T081000Z", "1:30am", "2026-10-31T08:30:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "2:30", "2026-10-25T00:30:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "3:00", "2026-10-25T02:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "1 week ago", "2026-10-18T18:00:00Z"},
             TimeCase{kBerlin, kBerlinAfter, "202610250230", "2026-10-25T00:30:00Z"},
         }) {
        Check(c);
    }
}

TEST(SpokenTime, NamesThePartThatWasNotUnderstood) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"", "?"},
             {"_", "?"},
             {"-", "?-"},
             {"monday_25:00", "?25:00"},
             {"Mondy_2pm", "?Mondy"},
             {"monday_tuesday", "?tuesday"},
             {"monday_2pm_3pm", "?3pm"},
             {"13pm", "?13pm"},
             {"0am", "?0am"},
             {"14", "?14"},
             {"monday_2", "?2"},
             {"2:3pm", "?2:3pm"},
             {"2:60pm", "?2:60pm"},
             {"1:2:3:4", "?1:2:3:4"},
             {"24:00", "?24:00"},
             {"tomorrow", "?tomorrow"},
             {"last", "?last"},
             {"last_2pm", "?last_2pm"},
             {"last today", "?today"},
             {"at", "?at"},
             {"ago", "?ago"},
             {"many days ago", "?many days ago"},
             {"5 minutes ago monday", "?monday"},
             {"-5parsecs", "?-5parsecs"},
             {"+5min", "?5min"},
             {"-99999999999999s", "?-99999999999999s"},
             {"-5000000d", "?-5000000d"},
             {"2026-02-29", "?2026-02-29"},
             {"2026-13-01", "?2026-13-01"},
             {"2026-11-20T25:00", "?25:00"},
             {"2026-11-20T20:30+99:00", "?99:00"},
             {"2026-11-20_20:30_pst", "?pst"},
             {"2026-11-20tuesday", "?uesday"},
             {"20261340", "?20261340"},
             {"202613202030", "?20261320"},
             {"202611202530", "?2530"},
             {"123", "?123"},
             {"99999999999999999999", "?99999999999999999999"},
             {"../../etc/passwd", "?../../etc/passwd"},
             {"monday_\xff", "?\xc3\xbf"},
             {"nan", "?nan"},
         }) {
        Check({kAngeles, kFriday, text, expected});
    }
    const auto long_one = ParseSpokenTime(std::string(100'000, '1'), Zone(), {});
    EXPECT_EQ(std::get<SpokenError>(long_one).part.size(), 80u);
    EXPECT_NE(std::get<SpokenError>(long_one).hint.find("monday_2pm"), std::string::npos);
}

TEST(SpokenTime, Durations) {
    struct Case {
        const char* text;
        time::Micros expected;
    };
    for (const auto& [text, expected] : {Case{"90", 90min},        Case{"90m", 90min},
                                         Case{"90min", 90min},     Case{"90mins", 90min},
                                         Case{"90minutes", 90min}, Case{"1minute", 1min},
                                         Case{"90s", 90s},         Case{"90sec", 90s},
                                         Case{"90secs", 90s},      Case{"90seconds", 90s},
                                         Case{"1second", 1s},      Case{"1hr", 1h},
                                         Case{"2hrs", 2h},         Case{"1.5hr", 90min},
                                         Case{"1hr30", 90min},     Case{"1hr30min", 90min},
                                         Case{"1h30m", 90min},     Case{"1h30m15", 90min + 15s},
                                         Case{"1h15s", 1h + 15s},  Case{"1h", 1h},
                                         Case{"1hour", 1h},        Case{"2hours", 2h},
                                         Case{"1d", 24h},          Case{"1d12", 36h},
                                         Case{"7days", 168h},      Case{"1week", 168h},
                                         Case{"1_hr_30", 90min},   Case{"1 hour 30 minutes", 90min},
                                         Case{"1HR30", 90min},     Case{"0.5s", 500ms},
                                         Case{"1.5", 90s},         Case{"0090", 90min},
                                         Case{"10080", 168h}}) {
        const auto result = ParseSpokenDuration(text);
        const auto* duration = std::get_if<time::Micros>(&result);
        ASSERT_TRUE(duration) << text;
        EXPECT_EQ(*duration, expected) << text;
    }
}

TEST(SpokenTime, DurationsThatAreRefused) {
    for (const auto* text : {"",           "0",
                             "0s",         "-5",
                             "-1hr",       "-",
                             "8d",         "10081",
                             "169h",       "9999999w",
                             "min",        "1x",
                             "x1",         "1hr30hr",
                             "30m1h",      "1s30",
                             "1..5h",      "1.h",
                             ".5h",        "1:30",
                             "nan",        "inf",
                             "1e3",        "0x10",
                             "99999999",   "99999999999999999999",
                             "1.1234567h", "1hr30.",
                             "\xff",       "0.0000001h"}) {
        const auto result = ParseSpokenDuration(text);
        const auto* error = std::get_if<SpokenError>(&result);
        ASSERT_TRUE(error) << text;
        EXPECT_FALSE(error->hint.empty());
        EXPECT_EQ(error->part, std::string_view(text) == "\xff" ? "\xc3\xbf" : text);
    }
}

TEST(SpokenTime, CompactLocal) {
    for (const auto& [text, expected] : std::initializer_list<std::pair<const char*, const char*>>{
             {"202611202030", "2026-11-20T19:30:00Z"},
             {"20261120203015", "2026-11-20T19:30:15Z"},
             {"202611202030Z", "2026-11-20T20:30:00Z"},
             {"202611202030z", "2026-11-20T20:30:00Z"},
             {"202607012030", "2026-07-01T18:30:00Z"},
             {"202603290230", "2026-03-29T01:00:00Z"},
             {"202612312330", "2026-12-31T22:30:00Z"},
             {"", "?"},
             {"20261120", "?20261120"},
             {"2026112020301", "?2026112020301"},
             {"202611202030 ", "?202611202030 "},
             {"202611202030ZZ", "?202611202030ZZ"},
             {"-20261120203", "?-20261120203"},
             {"202602292030", "?20260229"},
             {"202611202460", "?2460"},
         }) {
        EXPECT_EQ(Say(ParseCompactLocal(text, *Zone::Find(kBerlin))), expected) << text;
    }
}

}  // namespace
}  // namespace aircheck::webapi
