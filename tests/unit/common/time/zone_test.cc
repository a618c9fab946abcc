// SPDX-License-Identifier: MIT
#include "common/time/zone.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "common/time/timestamp.h"

namespace aircheck::time {
namespace {

using namespace std::chrono_literals;

std::string Sys(const char* zone, const LocalTime& local) {
    const auto t = Zone::Find(zone)->ToSys(local);
    return t ? FormatBasic(*t) : "none";
}

TEST(Zone, FindsOnlyWhatTheDatabaseHas) {
    EXPECT_EQ(Zone::Find("Europe/Berlin")->Name(), "Europe/Berlin");
    EXPECT_TRUE(Zone::Find("UTC"));
    for (const auto* name :
         {"", "Mars/Olympus", "europe/berlin", "Europe/Berlin ", "../../../etc/passwd",
          "/etc/localtime", "zone.tab", "tzdata.zi", "leapseconds", "Europe"}) {
        EXPECT_FALSE(Zone::Find(name)) << name;
    }
    EXPECT_FALSE(Zone::Find(std::string(100'000, 'x')));
    EXPECT_EQ(Zone().ToLocal(SysTime{}), LocalTime{});
}

TEST(Zone, TurnsUtcIntoLocalTime) {
    const auto zone = *Zone::Find("America/Los_Angeles");
    const auto t = *ParseBasic("20261120T043000Z");
    EXPECT_EQ(zone.ToLocal(t), (LocalTime{2026, 11, 19, 4, 20h + 30min}));
    EXPECT_EQ(zone.Abbreviation(t), "PST");
    EXPECT_EQ(zone.Abbreviation(*ParseBasic("20260701T000000Z")), "PDT");
    EXPECT_EQ(Zone::Find("Asia/Kathmandu")->ToLocal(t + 1us),
              (LocalTime{2026, 11, 20, 5, 10h + 15min + 1us}));
}

TEST(Zone, TurnsLocalTimeIntoUtc) {
    EXPECT_EQ(Sys("Europe/Berlin", {2026, 7, 1, 0, 12h}), "20260701T100000Z");
    EXPECT_EQ(Sys("Europe/Berlin", {2026, 12, 31, 0, 30min}), "20261230T233000Z");
    EXPECT_EQ(Sys("UTC", {2024, 2, 29, 0, 0h}), "20240229T000000Z");
}

TEST(Zone, SkippedReadingMeansTheJump) {
    EXPECT_EQ(Sys("America/Los_Angeles", {2026, 3, 8, 0, 2h}), "20260308T100000Z");
    EXPECT_EQ(Sys("America/Los_Angeles", {2026, 3, 8, 0, 2h + 59min}), "20260308T100000Z");
    EXPECT_EQ(Sys("America/Los_Angeles", {2026, 3, 8, 0, 3h}), "20260308T100000Z");
    EXPECT_EQ(Sys("Europe/Berlin", {2026, 3, 29, 0, 2h + 30min}), "20260329T010000Z");
}

TEST(Zone, RepeatedReadingMeansItsFirstOccurrence) {
    EXPECT_EQ(Sys("America/Los_Angeles", {2026, 11, 1, 0, 1h + 30min}), "20261101T083000Z");
    EXPECT_EQ(Sys("Europe/Berlin", {2026, 10, 25, 0, 2h + 30min}), "20261025T003000Z");
    EXPECT_EQ(Sys("Europe/Berlin", {2026, 10, 25, 0, 3h}), "20261025T020000Z");
}

TEST(Zone, RefusesImpossibleReadings) {
    for (const auto& local :
         {LocalTime{2026, 0, 1}, LocalTime{2026, 13, 1}, LocalTime{2026, 257, 1},
          LocalTime{2026, 1, 0}, LocalTime{2026, 2, 29}, LocalTime{2026, 1, 257},
          LocalTime{70000, 1, 1}, LocalTime{-1, 1, 1}, LocalTime{2026, 1, 1, 0, 24h},
          LocalTime{2026, 1, 1, 0, -1us}}) {
        EXPECT_EQ(Sys("UTC", local), "none");
    }
}

TEST(Zone, LocalFollowsTheEnvironment) {
    const char* before = std::getenv("TZ");
    const std::string kept = before ? before : "";
    setenv("TZ", ":Asia/Tokyo", 1);
    EXPECT_EQ(Zone::Local().Name(), "Asia/Tokyo");
    setenv("TZ", "Nowhere/At_All", 1);
    EXPECT_EQ(Zone::Local().Abbreviation(SysTime{}), "UTC");
    unsetenv("TZ");
    EXPECT_FALSE(Zone::Local().Name().empty());
    if (before) setenv("TZ", kept.c_str(), 1);
}

}  // namespace
}  // namespace aircheck::time
