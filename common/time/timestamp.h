// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"

namespace aircheck::time {

/// "20261120T203000Z" (ISO 8601 basic), as in segment names. Fractions are cut off.
std::string FormatBasic(SysTime t);
std::optional<SysTime> ParseBasic(std::string_view text);

/// "2026-11-20T20:30:00.123Z" (RFC 3339, milliseconds), as in messages and logs.
std::string FormatIso(SysTime t);

/// "Fri, 20 Nov 2026 20:30:00 GMT" (RFC 9110, 5.6.7), as in HTTP headers.
std::string FormatHttpDate(SysTime t);
/// The three forms that RFC 9110 makes a recipient accept.
std::optional<SysTime> ParseHttpDate(std::string_view text);

}  // namespace aircheck::time
