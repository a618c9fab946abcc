// SPDX-License-Identifier: MIT
#include "webapi/spoken/spoken_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "common/util/text.h"

namespace aircheck::webapi {
namespace {

using time::Micros;

constexpr std::size_t kMaxWholeDigits = 7;
constexpr std::size_t kFractionDigits = 6;

constexpr bool IsDigit(char c) {
    return c >= '0' && c <= '9';
}

bool AllDigits(std::string_view text) {
    return std::ranges::all_of(text, IsDigit);
}

/// `count` digits at `at`, as a number.
std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (!IsDigit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// Up to 24:00, the end of a day.
std::optional<Micros> TimeOfDay(int hour, int minute, int second) {
    if (hour == 24 && minute == 0 && second == 0) return std::chrono::hours{24};
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

struct Unit {
    std::string_view word;
    std::int64_t seconds;
};

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kWeek = 7 * kDay;

constexpr auto kUnits = std::to_array<Unit>({
    {"s", 1},
    {"sec", 1},
    {"secs", 1},
    {"second", 1},
    {"seconds", 1},
    {"m", kMinute},
    {"min", kMinute},
    {"mins", kMinute},
    {"minute", kMinute},
    {"minutes", kMinute},
    {"h", kHour},
    {"hr", kHour},
    {"hrs", kHour},
    {"hour", kHour},
    {"hours", kHour},
    {"d", kDay},
    {"day", kDay},
    {"days", kDay},
    {"w", kWeek},
    {"week", kWeek},
    {"weeks", kWeek},
});

/// What a number without a unit counts after one that has `seconds`; 0: it has no sense there.
constexpr std::int64_t NextSmaller(std::int64_t seconds) {
    if (seconds == kWeek) return kDay;
    if (seconds == kDay) return kHour;
    if (seconds == kHour) return kMinute;
    return seconds == kMinute ? 1 : 0;
}

/// "1.5" in microseconds. Seven digits before the point: with weeks, still no overflow.
std::optional<std::int64_t> Millionths(std::string_view number) {
    const auto point = std::min(number.find('.'), number.size());
    const auto whole = number.substr(0, point);
    const auto fraction = number.substr(std::min(point + 1, number.size()));
    const bool dangling = point < number.size() && fraction.empty();
    if (whole.empty() || whole.size() > kMaxWholeDigits || dangling) return std::nullopt;
    if (fraction.size() > kFractionDigits || !AllDigits(whole) || !AllDigits(fraction)) {
        return std::nullopt;
    }
    std::string digits(whole);
    digits += fraction;
    digits.append(kFractionDigits - fraction.size(), '0');
    return util::ParseInteger(digits);
}

struct Weekday {
    std::string_view word;
    unsigned number;  // 0 is Sunday
};

constexpr auto kWeekdays = std::to_array<Weekday>({
    {"sun", 0},
    {"sunday", 0},
    {"mon", 1},
    {"monday", 1},
    {"tue", 2},
    {"tues", 2},
    {"tuesday", 2},
    {"wed", 3},
    {"weds", 3},
    {"wednesday", 3},
    {"thu", 4},
    {"thur", 4},
    {"thurs", 4},
    {"thursday", 4},
    {"fri", 5},
    {"friday", 5},
    {"sat", 6},
    {"saturday", 6},
});

}  // namespace

std::optional<Length> ParseLength(std::string_view text) {
    if (text.empty()) return std::nullopt;
    Length length{Micros::zero(), true};
    std::int64_t last = 0;  // seconds of the unit before
    while (!text.empty()) {
        const auto number = text.substr(0, text.find_first_not_of("0123456789."));
        text.remove_prefix(number.size());
        const auto word = text.substr(0, text.find_first_of("0123456789."));
        text.remove_prefix(word.size());

        std::int64_t seconds = last == 0 ? kMinute : NextSmaller(last);
        if (!word.empty()) {
            const auto unit = std::ranges::find(kUnits, word, &Unit::word);
            if (unit == kUnits.end()) return std::nullopt;
            seconds = unit->seconds;
        }
        const auto millionths = Millionths(number);
        const bool descends = last == 0 || seconds < last;
        if (!millionths || seconds == 0 || !descends) return std::nullopt;
        length.micros += Micros{*millionths * seconds};
        length.whole_days &= seconds >= kDay && *millionths % 1'000'000 == 0;
        last = seconds;
    }
    return length;
}

std::optional<Micros> ParseClock(std::string_view text) {
    if (text == "noon") return std::chrono::hours{12};
    if (text == "midnight") return Micros::zero();
    const bool am = text.ends_with("am");
    const bool pm = text.ends_with("pm");
    if (am || pm) text.remove_suffix(2);

    const auto parts = util::Split(text, ':');
    if (parts.size() > 3 || parts[0].size() > 2 || (parts.size() == 1 && !am && !pm)) {
        return std::nullopt;
    }
    std::array<int, 3> values{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto value = Digits(parts[i], 0, i == 0 ? parts[i].size() : 2);
        if (!value || parts[i].empty() || parts[i].size() > 2) return std::nullopt;
        values[i] = *value;
    }
    if (am || pm) {
        if (values[0] < 1 || values[0] > 12) return std::nullopt;
        values[0] = values[0] % 12 + (pm ? 12 : 0);
    }
    return TimeOfDay(values[0], values[1], values[2]);
}

std::optional<Micros> ParseIsoClock(std::string_view text) {
    const auto point = std::min(text.find('.'), text.size());
    Micros fraction{};
    if (point < text.size()) {
        const auto millionths = Millionths("0" + std::string(text.substr(point)));
        if (!millionths) return std::nullopt;
        fraction = Micros{*millionths};
        text = text.substr(0, point);
    }
    std::string digits;
    if (text.size() == 5 || text.size() == 8) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (i % 3 != 2) {
                digits += text[i];
            } else if (text[i] != ':') {
                return std::nullopt;
            }
        }
    } else {
        digits = text;
    }
    const bool seconds = digits.size() == 6;
    if ((digits.size() != 4 && !seconds) || !AllDigits(digits)) return std::nullopt;
    if (!seconds && fraction != Micros::zero()) return std::nullopt;
    const auto clock = TimeOfDay(*Digits(digits, 0, 2), *Digits(digits, 2, 2),
                                 seconds ? *Digits(digits, 4, 2) : 0);
    const bool too_late = clock == std::chrono::hours{24} && fraction != Micros::zero();
    if (!clock || too_late) return std::nullopt;
    return *clock + fraction;
}

std::optional<Micros> ParseOffset(std::string_view text) {
    std::string digits(text);
    if (text.size() == 5 && text[2] == ':') digits.erase(2, 1);
    if (digits.size() == 2) digits += "00";
    if (digits.size() != 4 || !AllDigits(digits)) return std::nullopt;
    const auto offset = TimeOfDay(*Digits(digits, 0, 2), *Digits(digits, 2, 2), 0);
    return offset < std::chrono::hours{24} ? offset : std::nullopt;
}

std::optional<std::chrono::sys_days> ParseDate(std::string_view text) {
    const std::size_t dash = text.size() == 10 ? 1 : 0;
    if (text.size() != 8 + 2 * dash) return std::nullopt;
    if (dash && (text[4] != '-' || text[7] != '-')) return std::nullopt;
    const auto year = Digits(text, 0, 4);
    const auto month = Digits(text, 4 + dash, 2);
    const auto day = Digits(text, 6 + 2 * dash, 2);
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

std::optional<unsigned> ParseWeekday(std::string_view text) {
    const auto weekday = std::ranges::find(kWeekdays, text, &Weekday::word);
    if (weekday == kWeekdays.end()) return std::nullopt;
    return weekday->number;
}

}  // namespace aircheck::webapi
