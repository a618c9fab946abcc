// SPDX-License-Identifier: MIT
#include "webapi/listening/icy_block.h"

#include <cstddef>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kUnit = 16;
constexpr std::size_t kMaxBytes = 255 * kUnit;

constexpr std::string_view kBefore = "StreamTitle='";
constexpr std::string_view kBehind = "';";
constexpr std::string_view kApostrophe = "\u2019";

constexpr bool IsContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string_view CutUtf8(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    while (max_bytes > 0 && IsContinuation(text[max_bytes])) --max_bytes;
    return text.substr(0, max_bytes);
}

}  // namespace

std::string IcyBlock(std::string_view title) {
    std::string clean = util::CleanUtf8(title);
    for (std::size_t at = clean.find(kBehind); at != std::string::npos; at = clean.find(kBehind))
        clean.replace(at, 1, kApostrophe);
    std::string block(1, '\0');
    block += kBefore;
    block += CutUtf8(clean, kMaxBytes - kBefore.size() - kBehind.size());
    block += kBehind;
    const std::size_t units = (block.size() - 1 + kUnit - 1) / kUnit;
    block.resize(1 + units * kUnit);
    block.front() = static_cast<char>(units);
    return block;
}

}  // namespace aircheck::webapi
