// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <vector>

#include "common/coverage/coverage.h"

namespace aircheck::coverage {

/// What half an hour looks like.
enum class Shade { kOutside, kNothing, kLittle, kMuch, kAlmost, kAll, kDoubled };

/// Half an hour of a day, as the clock reads.
struct Column {
    Sums sums;
    std::string cause;  // of what is missing
    Shade shade = Shade::kOutside;
};

/// Half hours that come twice are one, and those that are skipped are outside.
std::array<Column, kColumns> Columns(const Day& day);

/// "Fri 20 Nov"
std::string DayName(const Coverage& coverage, const Day& day);

/// "2026-11-20 20:30:15" in the station's zone.
std::string LocalTimeText(const Coverage& coverage, time::SysTime t);

/// "99.97": rounded down, so that 100 means that nothing is missing.
std::string PercentText(const Sums& sums);

/// "3.2 s", "4 min 10 s", "5 h 2 min", "3 d 4 h"
std::string DurationText(time::Micros duration);

/// "server closed; 3 attempts, refused at last"
std::string CauseText(const Hole& hole);

/// Longest first, at most so many.
std::vector<Hole> LongestHoles(const Coverage& coverage, std::size_t limit);

/// A table for a terminal of 80 columns, and the longest holes with their causes.
std::string Text(const Coverage& coverage);

}  // namespace aircheck::coverage
