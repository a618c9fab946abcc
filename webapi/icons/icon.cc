// SPDX-License-Identifier: MIT
#include "webapi/icons/icon.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMaxText = 200;
constexpr double kSaturation = 0.62;
constexpr double kLightness = 0.27;

/// One channel of a colour in HSL (CSS Color 4, 7.1); `shift` is 0 for red, 8 for green, 4 for
/// blue.
unsigned char Channel(double hue, double shift) {
    const double k = std::fmod(shift + hue / 30, 12);
    const double a = kSaturation * std::min(kLightness, 1 - kLightness);
    const double value = kLightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
    return static_cast<unsigned char>(std::lround(value * 255));
}

}  // namespace

std::optional<Icon> ParseIconName(std::string_view name) {
    constexpr std::string_view extension = ".png";
    if (!name.ends_with(extension)) return std::nullopt;
    name.remove_suffix(extension.size());
    const auto bar = name.rfind('_');
    if (bar == std::string_view::npos) return std::nullopt;
    const auto digits = name.substr(bar + 1);
    const auto pixels = util::ParseInteger(digits);
    if (!pixels || *pixels < kSmallestIcon || *pixels > kLargestIcon || digits.size() > 4)
        return std::nullopt;
    Icon icon{std::string(name.substr(0, bar)), static_cast<int>(*pixels)};
    std::ranges::replace(icon.text, '_', ' ');
    icon.text = util::Trim(icon.text);
    if (icon.text.empty() || icon.text.size() > kMaxText) return std::nullopt;
    return icon;
}

Colour TintOf(std::string_view text) {
    const auto hue = static_cast<double>(XXH3_64bits(text.data(), text.size()) % 360);
    return {Channel(hue, 0), Channel(hue, 8), Channel(hue, 4)};
}

}  // namespace aircheck::webapi
