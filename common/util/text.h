// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aircheck::util {

/// ASCII only; bytes above 0x7f stay as they are.
std::string ToLower(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix);

/// Without leading and trailing spaces, tabs, CR and LF.
std::string_view Trim(std::string_view text);

/// Every piece between separators, empty ones too.
std::vector<std::string_view> Split(std::string_view text, char separator);

/// The whole of `text` as a decimal number; nullopt for anything else, and where it overflows.
std::optional<long long> ParseInteger(std::string_view text);

/// The candidate fewest edits away, if it is near enough to be what was meant.
std::optional<std::string_view> Nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// Valid UTF-8 comes back unchanged; anything else is read as Latin-1. Control characters
/// become spaces, so that what a server sent can be logged and put into a header.
std::string CleanUtf8(std::string_view text);

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

}  // namespace aircheck::util
