// SPDX-License-Identifier: MIT
#include "webapi/spoken/spoken_time.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "common/time/timestamp.h"
#include "common/util/text.h"

namespace aircheck::webapi {
namespace {

using time::FormatIso;
using time::ParseBasic;
using time::Zone;

/// "2026-11-20T20:30:00Z", with milliseconds where there are any, or "?" and the part that was
/// not understood.
std::string Say(const std::variant<time::SysTime, SpokenError>& result) {
    if (const auto* error = std::get_if<SpokenError>(&result)) return "?" + error->part;
    auto text = FormatIso(std::get<time::SysTime>(result));
    const auto zero = text.rfind(".000Z");
    return zero == std::string::npos ? text : text.substr(0, zero) + "Z";
}

/// The lines of a table beside this file, split at tabs.
std::vector<std::vector<std::string>> Table(const std::string& name) {
    std::ifstream file(AIRCHECK_SOURCE_DIR "/tests/unit/webapi/spoken/" + name);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        auto& row = rows.emplace_back();
        for (const auto cell : util::Split(line, '\t')) row.emplace_back(cell);
    }
    return rows;
}

TEST(SpokenTime, MeansWhatTheTableSays) {
    const auto rows = Table("spoken_times.txt");
    EXPECT_GE(rows.size(), 400u);
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 4u) << row[0];
        const auto result = ParseSpokenTime(row[3], *Zone::Find(row[0]), *ParseBasic(row[1]));
        EXPECT_EQ(Say(result), row[2]) << row[3] << " in " << row[0] << " at " << row[1];
        const auto* error = std::get_if<SpokenError>(&result);
        EXPECT_FALSE(error && error->hint.empty());
    }
}

TEST(SpokenTime, NamesThePartThatWasNotUnderstood) {
    const Zone zone = *Zone::Find("America/Los_Angeles");
    const time::SysTime now = *ParseBasic("20261120T203000Z");
    EXPECT_EQ(Say(ParseSpokenTime("", zone, now)), "?");
    EXPECT_EQ(Say(ParseSpokenTime("monday_\xff", zone, now)), "?\xc3\xbf");
    const auto long_one = ParseSpokenTime(std::string(100'000, '1'), Zone(), {});
    EXPECT_EQ(std::get<SpokenError>(long_one).part.size(), 80u);
    EXPECT_NE(std::get<SpokenError>(long_one).hint.find("monday_2pm"), std::string::npos);
}

TEST(SpokenDuration, MeansWhatTheTableSays) {
    const auto rows = Table("spoken_durations.txt");
    EXPECT_GE(rows.size(), 80u);
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 2u);
        const auto result = ParseSpokenDuration(row[1]);
        const auto* duration = std::get_if<time::Micros>(&result);
        if (row[0] == "?") {
            ASSERT_FALSE(duration) << row[1];
            EXPECT_EQ(std::get<SpokenError>(result).part, row[1]);
            EXPECT_FALSE(std::get<SpokenError>(result).hint.empty());
        } else {
            ASSERT_TRUE(duration) << row[1];
            EXPECT_EQ(std::chrono::duration<double>(*duration).count(), std::stod(row[0]))
                << row[1];
        }
    }
    EXPECT_EQ(std::get<SpokenError>(ParseSpokenDuration("")).part, "");
    EXPECT_EQ(std::get<SpokenError>(ParseSpokenDuration("\xff")).part, "\xc3\xbf");
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
        EXPECT_EQ(Say(ParseCompactLocal(text, *Zone::Find("Europe/Berlin"))), expected) << text;
    }
}

}  // namespace
}  // namespace aircheck::webapi
