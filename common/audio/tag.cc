// SPDX-License-Identifier: MIT
#include "common/audio/tag.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace aircheck::audio {
namespace {

constexpr std::uint64_t kId3v1Bytes = 128;
constexpr std::size_t kId3v2HeaderBytes = 10;
constexpr std::size_t kApeHeaderBytes = 32;

enum class Match { kNo, kSoFar, kYes };

Match Begins(std::span<const std::byte> data, std::string_view magic) {
    const std::size_t seen = std::min(data.size(), magic.size());
    if (std::memcmp(data.data(), magic.data(), seen) != 0) return Match::kNo;
    return seen == magic.size() ? Match::kYes : Match::kSoFar;
}

std::uint32_t Byte(std::span<const std::byte> data, std::size_t at) {
    return std::to_integer<std::uint32_t>(data[at]);
}

std::uint32_t LittleEndian32(std::span<const std::byte> data, std::size_t at) {
    return Byte(data, at) | Byte(data, at + 1) << 8 | Byte(data, at + 2) << 16 |
           Byte(data, at + 3) << 24;
}

std::optional<std::uint64_t> Id3v2Size(std::span<const std::byte> data) {
    if (data.size() < kId3v2HeaderBytes) return 0;
    if (Byte(data, 3) == 0xFF || Byte(data, 4) == 0xFF) return std::nullopt;
    std::uint64_t size = 0;
    for (std::size_t i = 6; i < kId3v2HeaderBytes; ++i) {
        if (Byte(data, i) >= 0x80) return std::nullopt;
        size = size << 7 | Byte(data, i);
    }
    const bool has_footer = (Byte(data, 5) & 0x10) != 0;
    return kId3v2HeaderBytes + size + (has_footer ? kId3v2HeaderBytes : 0);
}

std::optional<std::uint64_t> ApeSize(std::span<const std::byte> data) {
    if (data.size() < kApeHeaderBytes) return 0;
    if (const std::uint32_t version = LittleEndian32(data, 8); version != 1000 && version != 2000)
        return std::nullopt;
    // The same block closes the tag; then its items have gone by already.
    const bool opens = (LittleEndian32(data, 20) & 0x20000000) != 0;
    return kApeHeaderBytes + (opens ? LittleEndian32(data, 12) : 0);
}

}  // namespace

std::optional<std::uint64_t> TagSize(std::span<const std::byte> data) {
    if (data.empty()) return 0;
    std::optional<std::uint64_t> size;
    switch (std::to_integer<char>(data[0])) {
        case 'T':
            if (const Match match = Begins(data, "TAG"); match != Match::kNo)
                size = match == Match::kYes ? kId3v1Bytes : 0;
            break;
        case 'I':
            if (const Match match = Begins(data, "ID3"); match != Match::kNo)
                size = match == Match::kYes ? Id3v2Size(data) : 0;
            break;
        case 'A':
            if (const Match match = Begins(data, "APETAGEX"); match != Match::kNo)
                size = match == Match::kYes ? ApeSize(data) : 0;
            break;
        default:
            break;
    }
    return size && *size <= kMaxTagBytes ? size : std::nullopt;
}

}  // namespace aircheck::audio
