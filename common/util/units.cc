// SPDX-License-Identifier: MIT
#include "common/util/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace aircheck::util {
namespace {

struct Quantity {
    double number = 0;
    std::string_view unit;
};

/// "1.5T" into 1.5 and "T". Only digits with at most one point between them: no sign, no
/// exponent, no "nan", no blank.
std::optional<Quantity> ParseQuantity(std::string_view text) {
    const auto unit_at = text.find_first_not_of("0123456789.");
    const auto number = text.substr(0, unit_at);
    if (number.empty() || number.front() == '.' || number.back() == '.') return std::nullopt;

    Quantity quantity;
    const char* end = number.data() + number.size();
    const auto [stop, error] =
        std::from_chars(number.data(), end, quantity.number, std::chars_format::fixed);
    if (error != std::errc{} || stop != end) return std::nullopt;
    if (unit_at != std::string_view::npos) quantity.unit = text.substr(unit_at);
    return quantity;
}

struct DurationUnit {
    char letter;
    std::int64_t milliseconds;
};

constexpr std::array kDurationUnits{
    DurationUnit{'y', 365LL * 86'400'000},
    DurationUnit{'w', 7LL * 86'400'000},
    DurationUnit{'d', 86'400'000},
    DurationUnit{'h', 3'600'000},
    DurationUnit{'m', 60'000},
    DurationUnit{'s', 1'000},
};

/// Beyond this a double no longer counts every millisecond, and nobody means it: 142,000 years.
constexpr double kMaxMilliseconds = 4503599627370496.0;  // 2^52

constexpr std::array kSizeUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
    const auto quantity = ParseQuantity(text);
    if (!quantity || quantity->unit.size() != 1) return std::nullopt;
    for (const auto& unit : kDurationUnits) {
        if (unit.letter != quantity->unit.front()) continue;
        const double value = std::round(quantity->number * static_cast<double>(unit.milliseconds));
        if (value > kMaxMilliseconds) return std::nullopt;
        return std::chrono::milliseconds(static_cast<std::int64_t>(value));
    }
    return std::nullopt;
}

std::string FormatDuration(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    if (count == 0) return "0s";
    std::string shortest;
    for (const auto& unit : kDurationUnits) {
        std::array<char, 32> digits{};
        const double number = static_cast<double>(count) / static_cast<double>(unit.milliseconds);
        const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                                number, std::chars_format::fixed);
        if (error != std::errc{}) continue;
        std::string text(digits.data(), end);
        text += unit.letter;
        if (!shortest.empty() && text.size() >= shortest.size()) continue;
        if (ParseDuration(text) == duration) shortest = std::move(text);
    }
    return shortest;
}

std::string FormatUptime(std::chrono::seconds uptime) {
    const auto total = std::max<long long>(0, uptime.count());
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%lldd %02lld:%02lld:%02lld", total / 86400,
                  total / 3600 % 24, total / 60 % 60, total % 60);
    return text.data();
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
    const auto quantity = ParseQuantity(text);
    if (!quantity || quantity->unit.size() > 1) return std::nullopt;
    int power = 0;
    if (!quantity->unit.empty()) {
        const auto at = std::string_view("KMGT").find(quantity->unit.front());
        if (at == std::string_view::npos) return std::nullopt;
        power = 10 * (static_cast<int>(at) + 1);
    }
    const double bytes = std::round(std::ldexp(quantity->number, power));
    // Sizes meet SQLite and off_t, which are signed.
    if (bytes >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

std::string FormatSize(std::uint64_t bytes) {
    auto number = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 999.5 would print as four digits.
    while (number >= 999.5 && unit + 1 < kSizeUnits.size()) {
        number /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g %s", number, kSizeUnits[unit]);
    return text.data();
}

}  // namespace aircheck::util
