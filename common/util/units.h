// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aircheck::util {

/// Configuration durations: a number and one unit, `90s 15m 2h 1.2d 2w 1y` (y = 365 d).
/// A bare number is refused: its unit would be a guess.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// The shortest form that ParseDuration reads back to the same value.
std::string FormatDuration(std::chrono::milliseconds duration);

/// "0d 01:02:03"
std::string FormatUptime(std::chrono::seconds uptime);

/// Bytes: a number and an optional unit K M G T (powers of 1024), as in `500M`, `20G`, `1.5T`.
std::optional<std::uint64_t> ParseSize(std::string_view text);

/// "1.5 GiB", at most three significant digits.
std::string FormatSize(std::uint64_t bytes);

}  // namespace aircheck::util
