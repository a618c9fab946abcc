// SPDX-License-Identifier: MIT
#include "proto/writer.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <array>
#include <charconv>

namespace aircheck::proto {
namespace {

// What is too long to be taken is cut, at a whole UTF-8 character: a station's overlong title must
// not cost the message that carries it.
std::string_view Shortened(std::string_view text) {
    if (text.size() <= kMaxTextBytes) return text;
    std::size_t end = kMaxTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

}  // namespace

void Writer::Value(double seconds) {
    std::array<char, 64> digits;
    const auto [end, error] =
        std::to_chars(digits.begin(), digits.end(), ToMicros(seconds), std::chars_format::fixed);
    out_.append(digits.begin(), end);
}

void Writer::Value(const std::string& text) {
    out_ += boost::json::serialize(boost::json::string(Shortened(text)));
}

}  // namespace aircheck::proto
