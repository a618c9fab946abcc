// SPDX-License-Identifier: MIT
#include "proto/reader.h"

#include <algorithm>

namespace aircheck::proto {
namespace {

// The alphabet of callsigns: such a name can stand in a topic, a path and a log line.
bool IsName(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !text.empty() && text.size() <= kMaxNameBytes && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), is_plain);
}

std::string Digits(double number) {
    return std::to_string(static_cast<long long>(number));
}

}  // namespace

bool Reader::ReadText(const boost::json::value& value, std::string_view name, Text kind,
                      std::string& out) {
    const boost::json::string* text = value.if_string();
    if (text == nullptr) return Wrong(name, "not a text");
    if (text->size() > kMaxTextBytes)
        return Wrong(name, "longer than " + std::to_string(kMaxTextBytes) + " bytes");
    if (kind == Text::kFilled && text->empty()) return Wrong(name, "empty");
    if (kind == Text::kName && !IsName(*text))
        return Wrong(name, "not a name of a-z, 0-9 and inner hyphens");
    out.assign(text->data(), text->size());
    return true;
}

bool Reader::Wrong(std::string_view place, std::string_view what) {
    reason_.assign(place).append(": ").append(what);
    return false;
}

std::string Reader::Range(double min, double max) {
    std::string range = "from " + Digits(min);
    if (max != kNoLimit) range += " to " + Digits(max);
    return range;
}

}  // namespace aircheck::proto
