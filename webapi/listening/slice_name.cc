// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_name.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/percent.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::array<std::string_view, 7> kExtensions = {".mp3", ".aac",  ".m4a", ".ogg",
                                                         ".oga", ".opus", ".flac"};

std::string_view WithoutExtension(std::string_view name) {
    for (std::string_view extension : kExtensions) {
        if (name.size() <= extension.size()) continue;
        const std::size_t at = name.size() - extension.size();
        if (util::EqualsIgnoringCase(name.substr(at), extension)) return name.substr(0, at);
    }
    return name;
}

std::string CompactUtc(time::SysTime t) {
    std::string utc = time::FormatBasic(t);
    std::erase(utc, 'T');
    return utc;
}

/// YYYYMMDDHHMMSS in the zone; in UTC with a Z where the zone's clock shows that time twice.
std::string CompactTime(const time::Zone& zone, time::SysTime t) {
    const time::LocalTime local = zone.ToLocal(t);
    if (zone.ToSys(local) != t) return CompactUtc(t);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(local.time_of_day));
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", local.year, local.month, local.day,
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string JoinName(std::string_view callsign, std::string_view begin, time::Micros length,
                     std::string_view extension) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(length).count();
    const std::string duration =
        seconds % 60 == 0 ? fmt::format("{}", seconds / 60) : fmt::format("{}s", seconds);
    return fmt::format("{}-{}_{}.{}", callsign, begin, duration, extension);
}

}  // namespace

std::optional<SliceName> ParseSliceName(std::string_view text, std::string_view callsign) {
    text = WithoutExtension(text);
    if (util::StartsWithIgnoringCase(text, callsign) && text.size() > callsign.size() &&
        text[callsign.size()] == '-') {
        text.remove_prefix(callsign.size() + 1);
    }
    const std::size_t bar = text.find('_');
    if (bar == std::string_view::npos) return std::nullopt;
    SliceName name{std::string(text.substr(0, bar)), std::string(text.substr(bar + 1))};
    if (name.time.empty() || name.duration.empty()) return std::nullopt;
    return name;
}

std::string FormatSliceName(std::string_view callsign, const time::Zone& zone, time::SysTime from,
                            time::SysTime to, std::string_view extension) {
    const auto begin = std::chrono::floor<std::chrono::seconds>(from);
    return JoinName(callsign, CompactTime(zone, begin), to - begin, extension);
}

std::string FormatUtcSliceName(std::string_view callsign, time::SysTime from, time::SysTime to,
                               std::string_view extension) {
    const auto begin = std::chrono::floor<std::chrono::seconds>(from);
    return JoinName(callsign, CompactUtc(begin), to - begin, extension);
}

std::string WithExtension(std::string_view name, std::string_view extension) {
    return fmt::format("{}.{}", WithoutExtension(name), extension);
}

std::string AttachmentHeader(std::string_view file_name) {
    std::string plain;
    for (char c : file_name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool quotable = byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '%';
        plain += quotable ? c : '_';
    }
    std::string header = fmt::format("attachment; filename=\"{}\"", plain);
    if (plain != file_name) {
        header += fmt::format("; filename*=UTF-8''{}", util::PercentEncode(file_name));
    }
    return header;
}

}  // namespace aircheck::webapi
