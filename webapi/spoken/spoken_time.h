// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/time/clock.h"
#include "common/time/zone.h"

namespace aircheck::webapi {

/// What could not be understood. `part` is clean UTF-8 of a bounded length.
struct SpokenError {
    std::string part;
    std::string hint;  // a sentence with examples
};

/// A time as people say it in a path: `_ - +` and the space separate words, case does not matter.
///
///     monday_2pm, mon 14:30, 2:30:15pm, noon, midnight, 24:00, yesterday, today 7am, last friday,
///     now, -90s, -1hr30, 5 minutes ago, 3 days ago, 3 days ago 8pm, 2026-11-20,
///     2026-11-20 20:30, 2026-11-20T20:30:00+01:00, 20261120T203000Z, 202611202030, 1795206600
///
/// A reading is in `zone` unless it ends in Z or an offset. Without a day, or with a weekday, it
/// is the latest one that has begun at `now`; a day without a clock time is its midnight. "last
/// friday" is never today. Days and weeks "ago" keep the clock's reading, everything with a
/// leading minus is an exact duration. 12am is midnight, 12pm noon, and 24:00 the end of its day.
/// Where daylight saving skips a reading, it means the instant of the jump; where a reading comes
/// twice, the first.
std::variant<time::SysTime, SpokenError> ParseSpokenTime(std::string_view text,
                                                         const time::Zone& zone, time::SysTime now);

/// A duration of more than nothing and at most seven days. A bare number counts minutes; one
/// after a unit counts the next smaller: 90, 90min, 90s, 1.5hr, 1hr30, 1h30m, 2hours, 1d.
std::variant<time::Micros, SpokenError> ParseSpokenDuration(std::string_view text);

/// YYYYMMDDHHMM or YYYYMMDDHHMMSS in `zone`, or in UTC with a Z at the end.
std::variant<time::SysTime, SpokenError> ParseCompactLocal(std::string_view digits,
                                                           const time::Zone& zone);

}  // namespace aircheck::webapi
