// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aircheck::webapi {

inline constexpr int kSmallestIcon = 16;
inline constexpr int kLargestIcon = 3000;

/// What a picture shows, and how many pixels wide and high it is.
struct Icon {
    std::string text;
    int pixels = 0;

    bool operator==(const Icon&) const = default;
};

/// "The_Evening_News_1400.png"; "_" stands for a space.
std::optional<Icon> ParseIconName(std::string_view name);

struct Colour {
    unsigned char red = 0;
    unsigned char green = 0;
    unsigned char blue = 0;

    bool operator==(const Colour&) const = default;
};

/// Always the same of a text, and dark enough for white letters (WCAG 2.1, AA) to stand on.
Colour TintOf(std::string_view text);

}  // namespace aircheck::webapi
