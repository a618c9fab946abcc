// SPDX-License-Identifier: MIT
#include "common/time/timestamp.h"

#include <date/date.h>

#include <array>
#include <cstdio>
#include <iterator>

namespace aircheck::time {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

struct Broken {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned weekday = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
};

Broken Break(SysTime t) {
    const auto days = date::floor<date::days>(t);
    const date::year_month_day ymd{days};
    const date::hh_mm_ss<Micros> clock{t - days};
    return {static_cast<int>(ymd.year()),
            static_cast<unsigned>(ymd.month()),
            static_cast<unsigned>(ymd.day()),
            date::weekday{days}.c_encoding(),
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()),
            static_cast<int>(clock.subseconds().count() / 1000)};
}

std::optional<SysTime> Join(const Broken& b) {
    const date::year_month_day ymd{date::year{b.year}, date::month{b.month}, date::day{b.day}};
    // Second 60 is the leap second; it is counted as the next minute's first, as POSIX does.
    if (!ymd.ok() || b.hour > 23 || b.minute > 59 || b.second > 60) return std::nullopt;
    return SysTime{date::sys_days{ymd}} + std::chrono::hours{b.hour} +
           std::chrono::minutes{b.minute} + std::chrono::seconds{b.second};
}

template <typename... Parts>
std::string Print(const char* format, Parts... parts) {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), format, parts...);
    return text.data();
}

/// Reads a fixed layout from left to right. After the first failure everything fails.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    void Literal(std::string_view expected) {
        if (!text_.starts_with(expected)) return Fail();
        text_.remove_prefix(expected.size());
    }

    int Digits(std::size_t count) {
        if (text_.size() < count) return Fail(), 0;
        int value = 0;
        for (const char c : text_.substr(0, count)) {
            if (c < '0' || c > '9') return Fail(), 0;
            value = value * 10 + (c - '0');
        }
        text_.remove_prefix(count);
        return value;
    }

    unsigned Unsigned(std::size_t count) { return static_cast<unsigned>(Digits(count)); }

    template <std::size_t N>
    unsigned Word(const std::array<std::string_view, N>& words) {
        for (std::size_t i = 0; i < N; ++i) {
            if (!text_.starts_with(words[i])) continue;
            text_.remove_prefix(words[i].size());
            return static_cast<unsigned>(i);
        }
        return Fail(), 0;
    }

    void Clock(Broken* b) {
        b->hour = Digits(2);
        Literal(":");
        b->minute = Digits(2);
        Literal(":");
        b->second = Digits(2);
    }

    bool Peek(char c) const { return !text_.empty() && text_.front() == c; }
    bool Complete() const { return ok_ && text_.empty(); }

private:
    void Fail() {
        ok_ = false;
        text_ = {};
    }

    std::string_view text_;
    bool ok_ = true;
};

/// "Fri, 20 Nov 2026 20:30:00 GMT"
std::optional<SysTime> ParseImfFixdate(std::string_view text) {
    Reader reader(text);
    Broken b;
    reader.Word(kDays);
    reader.Literal(", ");
    b.day = reader.Unsigned(2);
    reader.Literal(" ");
    b.month = reader.Word(kMonths) + 1;
    reader.Literal(" ");
    b.year = reader.Digits(4);
    reader.Literal(" ");
    reader.Clock(&b);
    reader.Literal(" GMT");
    return reader.Complete() ? Join(b) : std::nullopt;
}

/// "Friday, 20-Nov-26 20:30:00 GMT". RFC 9110 reads a year more than 50 years ahead as past;
/// with a fixed pivot (RFC 2822's) the result does not depend on when it is asked.
std::optional<SysTime> ParseRfc850(std::string_view text) {
    Reader reader(text);
    Broken b;
    reader.Word(kLongDays);
    reader.Literal(", ");
    b.day = reader.Unsigned(2);
    reader.Literal("-");
    b.month = reader.Word(kMonths) + 1;
    reader.Literal("-");
    b.year = reader.Digits(2);
    b.year += b.year < 70 ? 2000 : 1900;
    reader.Literal(" ");
    reader.Clock(&b);
    reader.Literal(" GMT");
    return reader.Complete() ? Join(b) : std::nullopt;
}

/// "Fri Nov 20 20:30:00 2026"
std::optional<SysTime> ParseAsctime(std::string_view text) {
    Reader reader(text);
    Broken b;
    reader.Word(kDays);
    reader.Literal(" ");
    b.month = reader.Word(kMonths) + 1;
    reader.Literal(" ");
    if (reader.Peek(' ')) {
        reader.Literal(" ");
        b.day = reader.Unsigned(1);
    } else {
        b.day = reader.Unsigned(2);
    }
    reader.Literal(" ");
    reader.Clock(&b);
    reader.Literal(" ");
    b.year = reader.Digits(4);
    return reader.Complete() ? Join(b) : std::nullopt;
}

}  // namespace

std::string FormatBasic(SysTime t) {
    const Broken b = Break(t);
    return Print("%04d%02u%02uT%02d%02d%02dZ", b.year, b.month, b.day, b.hour, b.minute, b.second);
}

std::optional<SysTime> ParseBasic(std::string_view text) {
    Reader reader(text);
    Broken b;
    b.year = reader.Digits(4);
    b.month = reader.Unsigned(2);
    b.day = reader.Unsigned(2);
    reader.Literal("T");
    b.hour = reader.Digits(2);
    b.minute = reader.Digits(2);
    b.second = reader.Digits(2);
    reader.Literal("Z");
    return reader.Complete() ? Join(b) : std::nullopt;
}

std::string FormatIso(SysTime t) {
    const Broken b = Break(t);
    return Print("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", b.year, b.month, b.day, b.hour, b.minute,
                 b.second, b.millisecond);
}

std::string FormatHttpDate(SysTime t) {
    const Broken b = Break(t);
    return Print("%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[b.weekday].data(), b.day,
                 kMonths[b.month - 1].data(), b.year, b.hour, b.minute, b.second);
}

std::optional<SysTime> ParseHttpDate(std::string_view text) {
    if (const auto time = ParseImfFixdate(text)) return time;
    if (const auto time = ParseRfc850(text)) return time;
    return ParseAsctime(text);
}

}  // namespace aircheck::time
