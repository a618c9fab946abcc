// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "common/time/clock.h"

/// The words that spoken times are made of. All in lower case, without blanks around.
namespace aircheck::webapi {

struct Length {
    time::Micros micros{};
    bool whole_days = false;  // said in nothing but days and weeks
};

/// "90", "1hr30", "1.5h": any length, zero too. No overflow: at most some 200,000 years.
std::optional<Length> ParseLength(std::string_view text);

/// "2pm", "14:30", "2:30:15pm", "noon", "midnight"; up to 24:00, the end of a day.
std::optional<time::Micros> ParseClock(std::string_view text);

/// ISO 8601's: "20:30", "20:30:00", "20:30:00.25", and without colons "2030", "203000".
/// Likewise up to 24:00.
std::optional<time::Micros> ParseIsoClock(std::string_view text);

/// "01:00", "0100" or "01", as behind a sign.
std::optional<time::Micros> ParseOffset(std::string_view text);

/// "2026-11-20" or "20261120", if the calendar has that day.
std::optional<std::chrono::sys_days> ParseDate(std::string_view text);

/// Short and long names; 0 is Sunday.
std::optional<unsigned> ParseWeekday(std::string_view text);

}  // namespace aircheck::webapi
