// SPDX-License-Identifier: MIT
#include "supervisor/cli/text_width.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace aircheck::cli {
namespace {

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

// The blocks that matter, of Unicode's EastAsianWidth (W and F) and of what combines or is unseen.
constexpr auto kWide = std::to_array<Range>({{0x1100, 0x115f},
                                             {0x2e80, 0x303e},
                                             {0x3041, 0xa4cf},
                                             {0xac00, 0xd7a3},
                                             {0xf900, 0xfaff},
                                             {0xfe30, 0xfe6f},
                                             {0xff00, 0xff60},
                                             {0xffe0, 0xffe6},
                                             {0x1f300, 0x1faff},
                                             {0x20000, 0x3fffd}});
constexpr auto kNone = std::to_array<Range>({{0x0300, 0x036f},
                                             {0x1ab0, 0x1aff},
                                             {0x1dc0, 0x1dff},
                                             {0x200b, 0x200f},
                                             {0x202a, 0x202e},
                                             {0x2060, 0x2069},
                                             {0x20d0, 0x20ff},
                                             {0xfe00, 0xfe0f},
                                             {0xfe20, 0xfe2f},
                                             {0xfeff, 0xfeff}});

bool IsIn(std::span<const Range> ranges, std::uint32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Character {
    std::size_t bytes = 1;
    std::size_t columns = 1;
};

Character First(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    std::uint32_t c = lead & (0xffU >> (length + 1));
    std::size_t bytes = 1;
    for (; bytes < std::min(length, text.size()); ++bytes)
        c = c << 6 | (static_cast<unsigned char>(text[bytes]) & 0x3fU);
    const std::size_t columns = IsIn(kNone, c) ? 0 : IsIn(kWide, c) ? 2 : 1;
    return {bytes, columns};
}

}  // namespace

std::size_t TextWidth(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character character = First(text);
        width += character.columns;
        text.remove_prefix(character.bytes);
    }
    return width;
}

std::string_view CutToWidth(std::string_view text, std::size_t columns) {
    std::size_t width = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const Character character = First(text.substr(end));
        if (width + character.columns > columns) break;
        width += character.columns;
        end += character.bytes;
    }
    return text.substr(0, end);
}

std::string FitWidth(std::string_view text, std::size_t columns) {
    std::string fit(CutToWidth(text, columns));
    fit.append(columns - TextWidth(fit), ' ');
    return fit;
}

}  // namespace aircheck::cli
