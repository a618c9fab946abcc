// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace aircheck::catalog {

/// How many words of a search count.
inline constexpr int kMaxSearchWords = 32;

/// What Catalog::SearchTitles is to find: titles with all of these words, of which the last one may
/// be the beginning of one, on one station or (with "") on any. "" if there is no word among them.
/// Nothing in `words` is an operator: whatever stands between two spaces (or pluses) is looked for.
/// The names of stations are only compared by their words: see to it that it is the one.
std::string TitleMatch(std::string_view words, std::string_view station);

}  // namespace aircheck::catalog
