// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aircheck::cli {

/// How many columns of a terminal the text takes: CJK and emoji two, combining marks none. `text`
/// is well-formed UTF-8 without control characters, as CleanUtf8 makes it.
std::size_t TextWidth(std::string_view text);

/// The beginning of it that fits into so many columns, whole characters only.
std::string_view CutToWidth(std::string_view text, std::size_t columns);

/// Cut, or filled with spaces at the end, to exactly so many columns.
std::string FitWidth(std::string_view text, std::size_t columns);

}  // namespace aircheck::cli
