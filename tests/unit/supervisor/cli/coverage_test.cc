// SPDX-License-Identifier: MIT
#include "supervisor/cli/coverage.h"

#include <gtest/gtest.h>

#include <string>

#include "common/time/timestamp.h"

namespace aircheck::cli {
namespace {

const time::SysTime kNow = *time::ParseBasic("20261121T120000Z");

std::string When(std::string_view text) {
    const auto when = ParseWhen(text, *time::Zone::Find("Europe/Vienna"), kNow);
    return when ? time::FormatBasic(*when) : "none";
}

TEST(CoverageTimes, AreReadAsPeopleWriteThem) {
    EXPECT_EQ(When("2026-11-20"), "20261119T230000Z");
    EXPECT_EQ(When("2026-11-20Z"), "20261120T000000Z");
    EXPECT_EQ(When("2026-11-20 20:30"), "20261120T193000Z");
    EXPECT_EQ(When("2026-11-20T20:30:15"), "20261120T193015Z");
    EXPECT_EQ(When("2026-11-20_20:30:15Z"), "20261120T203015Z");
    EXPECT_EQ(When("36h"), "20261120T000000Z");
    EXPECT_EQ(When("1w"), "20261114T120000Z");
}

TEST(CoverageTimes, OthersAreRefused) {
    for (const char* text :
         {"", "yesterday", "2026", "2026-13-01", "2026-02-30", "2026-11-20 24:00",
          "2026-11-20 20:60", "2026-11-20 20", "2026-11-20x", "2026-11-20 20:30 ", "-1h",
          "20261120", "2026-1-2", "2026-11-20 20:30:61"})
        EXPECT_EQ(When(text), "none") << text;
}

}  // namespace
}  // namespace aircheck::cli
