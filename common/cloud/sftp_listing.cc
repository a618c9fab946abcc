// SPDX-License-Identifier: MIT
#include "common/cloud/sftp_listing.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The next of the fields, which any number of spaces separate; empty at the end.
std::string_view TakeField(std::string_view* line) {
    line->remove_prefix(std::min(line->find_first_not_of(' '), line->size()));
    const auto field = line->substr(0, line->find(' '));
    line->remove_prefix(field.size());
    return field;
}

SftpEntry::Kind KindOf(char type) {
    if (type == '-') return SftpEntry::Kind::kFile;
    if (type == 'd') return SftpEntry::Kind::kFolder;
    return SftpEntry::Kind::kOther;
}

std::optional<chrono::minutes> ReadTimeOfDay(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = util::ParseInteger(text.substr(0, 2));
    const auto minutes = util::ParseInteger(text.substr(3));
    if (!hours || *hours < 0 || *hours > 23 || !minutes || *minutes < 0 || *minutes > 59)
        return std::nullopt;
    return chrono::hours{*hours} + chrono::minutes{*minutes};
}

/// "Nov 30 06:21" or "Nov 30  2025".
std::optional<time::SysTime> ReadDate(std::string_view month_name, std::string_view day_text,
                                      std::string_view rest, time::SysTime now) {
    const auto found = std::ranges::find(kMonths, month_name);
    const auto day_number = util::ParseInteger(day_text);
    if (found == kMonths.end() || !day_number || *day_number < 1 || *day_number > 31)
        return std::nullopt;
    const chrono::month month{static_cast<unsigned>(found - kMonths.begin()) + 1};
    const chrono::day day{static_cast<unsigned>(*day_number)};
    const auto at = [&](chrono::year year) { return chrono::sys_days{year / month / day}; };
    if (const auto time = ReadTimeOfDay(rest)) {
        const chrono::year_month_day today{chrono::floor<chrono::days>(now)};
        const auto guess = at(today.year()) + *time;
        return guess > now + chrono::days{1} ? at(today.year() - chrono::years{1}) + *time : guess;
    }
    const auto year = util::ParseInteger(rest);
    if (!year || *year < 1970 || *year > 9999) return std::nullopt;
    return at(chrono::year{static_cast<int>(*year)});
}

}  // namespace

std::optional<SftpEntry> ParseSftpEntry(std::string_view line, time::SysTime now) {
    SftpEntry entry;
    const auto mode = TakeField(&line);
    if (mode.size() < 10) return std::nullopt;
    entry.kind = KindOf(mode.front());
    for (int skipped = 0; skipped < 3; ++skipped) TakeField(&line);  // links, user, group
    const auto bytes = util::ParseInteger(TakeField(&line));
    const auto month = TakeField(&line);
    const auto day = TakeField(&line);
    const auto modified = ReadDate(month, day, TakeField(&line), now);
    // One space, then the name, which may begin with more of them.
    if (!bytes || *bytes < 0 || !modified || line.size() < 2) return std::nullopt;
    entry.bytes = static_cast<std::uint64_t>(*bytes);
    entry.modified = *modified;
    entry.name = line.substr(1);
    if (entry.name.find('/') != std::string::npos) return std::nullopt;
    return entry;
}

}  // namespace aircheck::cloud
