// SPDX-License-Identifier: MIT
#include "common/coverage/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "common/log/log.h"

namespace aircheck::coverage {

namespace {

constexpr time::Micros kMinute = std::chrono::minutes(1);
constexpr std::size_t kHolesTold = 20;
constexpr std::size_t kLineWidth = 80;

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

Shade ShadeOf(const Sums& sums) {
    if (sums.total() == time::Micros{}) return Shade::kOutside;
    if (sums.recorded == time::Micros{}) return Shade::kNothing;
    if (sums.missing == time::Micros{})
        return 2 * sums.doubled > sums.recorded ? Shade::kDoubled : Shade::kAll;
    if (sums.missing < kMinute && sums.missing < sums.recorded) return Shade::kAlmost;
    return sums.missing < sums.recorded ? Shade::kMuch : Shade::kLittle;
}

std::string_view Glyph(Shade shade) {
    switch (shade) {
        case Shade::kOutside:
            return " ";
        case Shade::kNothing:
            return "·";
        case Shade::kLittle:
            return "▂";
        case Shade::kMuch:
            return "▄";
        case Shade::kAlmost:
            return "▆";
        case Shade::kAll:
            return "█";
        case Shade::kDoubled:
            break;
    }
    return "▓";
}

/// At most so many bytes, cut between characters.
std::string_view Cut(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

std::string Header(const Coverage& coverage) {
    std::string text =
        fmt::format("{}: {} % recorded; splices: {} exact, {} butt\n", coverage.station,
                    PercentText(coverage.sums), coverage.exact_splices, coverage.butt_splices);
    text += fmt::format("{} to {}, {}\n", LocalTimeText(coverage, coverage.from),
                        LocalTimeText(coverage, coverage.to), coverage.zone.Name());
    text += fmt::format("Missing: {} in {} hole{}; doubled: {}\n",
                        DurationText(coverage.sums.missing), coverage.holes.size(),
                        coverage.holes.size() == 1 ? "" : "s", DurationText(coverage.sums.doubled));
    if (coverage.unknown_files)
        text += "Recordings are being read anew just now: what seems to be a hole may be none.\n";
    return text;
}

std::string Table(const Coverage& coverage) {
    std::string text = fmt::format("\n{:<12}", "");
    for (int hour = 0; hour < 24; hour += 3) text += fmt::format("{:<6}", hour);
    text += '\n';
    for (const Day& day : coverage.days) {
        text += fmt::format("{:<12}", DayName(coverage, day));
        for (const Column& column : Columns(day)) text += Glyph(column.shade);
        text += fmt::format(" {:>6} %\n", PercentText(day.sums));
    }
    return text + "\n█ all  ▓ doubled  ▆ under a minute missing  ▄ more  ▂ most  · nothing there\n";
}

}  // namespace

std::array<Column, kColumns> Columns(const Day& day) {
    std::array<Column, kColumns> columns;
    for (const Cell& cell : day.cells) {
        Column& column = columns.at(static_cast<std::size_t>(cell.column));
        column.sums += cell.sums;
        if (column.cause.empty()) column.cause = cell.cause;
    }
    for (Column& column : columns) column.shade = ShadeOf(column.sums);
    return columns;
}

std::string DayName(const Coverage& coverage, const Day& day) {
    const time::LocalTime local = coverage.zone.ToLocal(day.from);
    return fmt::format("{} {:>2} {}", kDays.at(local.weekday), local.day,
                       kMonths.at(local.month - 1));
}

std::string LocalTimeText(const Coverage& coverage, time::SysTime t) {
    const time::LocalTime local = coverage.zone.ToLocal(t);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(local.time_of_day).count();
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.year, local.month, local.day,
                       seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string PercentText(const Sums& sums) {
    return fmt::format("{:.2f}", std::floor(sums.Percent() * 100) / 100);
}

std::string DurationText(time::Micros duration) {
    using namespace std::chrono;
    if (duration < minutes{1})
        return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
    const auto in_seconds = round<seconds>(duration).count();
    if (duration < hours{1}) return fmt::format("{} min {} s", in_seconds / 60, in_seconds % 60);
    if (duration < hours{48})
        return fmt::format("{} h {} min", in_seconds / 3600, in_seconds / 60 % 60);
    return fmt::format("{} d {} h", in_seconds / 86400, in_seconds / 3600 % 24);
}

std::string CauseText(const Hole& hole) {
    if (hole.attempts == 0) return hole.cause;
    return fmt::format("{}; {} attempt{}, {} at last", hole.cause, hole.attempts,
                       hole.attempts == 1 ? "" : "s", hole.last_failure);
}

std::vector<Hole> LongestHoles(const Coverage& coverage, std::size_t limit) {
    std::vector<Hole> holes = coverage.holes;
    std::ranges::stable_sort(holes, std::ranges::greater{},
                             [](const Hole& hole) { return hole.to - hole.from; });
    if (holes.size() > limit) holes.resize(limit);
    return holes;
}

std::string Text(const Coverage& coverage) {
    std::string text = Header(coverage) + Table(coverage);
    if (coverage.holes.empty()) return text;
    const auto holes = LongestHoles(coverage, kHolesTold);
    text += holes.size() < coverage.holes.size() ? "\nThe longest holes\n" : "\nHoles\n";
    for (const Hole& hole : holes) {
        const std::string line = fmt::format("{}  {:>12}  {}", LocalTimeText(coverage, hole.from),
                                             DurationText(hole.to - hole.from), CauseText(hole));
        text += Cut(line, kLineWidth);
        text += '\n';
    }
    return text;
}

}  // namespace aircheck::coverage
