// SPDX-License-Identifier: MIT
#include "common/catalog/title_match.h"

#include <algorithm>

namespace aircheck::catalog {

namespace {

bool IsSeparator(char c) {
    return c == '+' || static_cast<unsigned char>(c) <= ' ';
}

/// Whether the tokenizer may find anything in it: bytes beyond ASCII may be letters.
bool HasLetter(std::string_view word) {
    return std::any_of(word.begin(), word.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               static_cast<unsigned char>(c) >= 0x80;
    });
}

/// As a string of FTS5, in which only the quote itself means anything.
std::string Quote(std::string_view word) {
    std::string quoted = "\"";
    for (char c : word) {
        if (c == '"') quoted += c;
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

std::string TitleMatch(std::string_view words, std::string_view station) {
    std::string all;
    int count = 0;
    for (auto at = words.begin(); at != words.end() && count < kMaxSearchWords;) {
        const auto begin = std::find_if_not(at, words.end(), IsSeparator);
        at = std::find_if(begin, words.end(), IsSeparator);
        const std::string_view word(begin, at);
        if (!HasLetter(word)) continue;
        if (count++ > 0) all += ' ';
        all += Quote(word);
    }
    if (all.empty()) return "";
    const std::string match = "title : (" + all + "*)";
    return station.empty() ? match : "(station : " + Quote(station) + ") AND (" + match + ")";
}

}  // namespace aircheck::catalog
