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

/// One bit, by which most keys differ from each other.
std::uint64_t Mark(std::string_view key) {
    if (key.empty()) return 1;
    const unsigned mixed = static_cast<unsigned char>(key.front()) +
                           5U * static_cast<unsigned char>(key.back()) +
                           11U * static_cast<unsigned>(key.size());
    return std::uint64_t{1} << (mixed % 64);
}

std::string Digits(double number) {
    return std::to_string(static_cast<long long>(number));
}

}  // namespace

/// Optional fields are seldom there, and most keys that are not there have no mark either.
bool Reader::Find(const JsonObject& object, std::string_view key, Place& next) {
    if (next.marks == 0)
        for (const auto& member : object) next.marks |= Mark(member.key);
    if ((next.marks & Mark(key)) == 0) return false;
    auto found = object.begin();
    while (found != next.end && !found.key_equals(key)) ++found;
    if (found == next.end) return false;
    next.at = found;
    return true;
}

bool Reader::ReadText(const JsonValue& value, std::string_view name, Text kind, std::string& out) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return Wrong(name, "not a text");
    if (text.size() > kMaxTextBytes)
        return Wrong(name, "longer than " + std::to_string(kMaxTextBytes) + " bytes");
    if (kind == Text::kFilled && text.empty()) return Wrong(name, "empty");
    if (kind == Text::kName && !IsName(text))
        return Wrong(name, "not a name of a-z, 0-9 and inner hyphens");
    out = text;
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
