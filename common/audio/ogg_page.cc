// SPDX-License-Identifier: MIT
#include "common/audio/ogg_page.h"

#include <ogg/ogg.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace aircheck::audio {
namespace {

constexpr std::size_t kFixedBytes = 27;
constexpr std::size_t kFlagsAt = 5;
constexpr std::size_t kGranuleAt = 6;
constexpr std::size_t kSerialAt = 14;
constexpr std::size_t kSequenceAt = 18;
constexpr std::size_t kChecksumAt = 22;
constexpr std::size_t kSegmentsAt = 26;

/// "OggS" and the version, which is 0.
constexpr std::array kCapture{std::byte{'O'}, std::byte{'g'}, std::byte{'g'}, std::byte{'S'},
                              std::byte{0}};

template <typename Number>
Number GetNumber(std::span<const std::byte> data, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Number); i > 0; --i)
        value = value << 8 | std::to_integer<std::uint64_t>(data[at + i - 1]);
    return static_cast<Number>(value);
}

template <typename Number>
void PutNumber(std::span<std::byte> data, std::size_t at, Number number) {
    auto value = static_cast<std::uint64_t>(number);
    for (std::size_t i = 0; i < sizeof(Number); ++i, value >>= 8)
        data[at + i] = static_cast<std::byte>(value & 0xFF);
}

/// libogg wants to write the checksum into the header, but only reads the body.
using Header = std::array<std::byte, kFixedBytes + 255>;

std::uint32_t Checksum(std::span<const std::byte> page, std::size_t header_bytes) {
    Header header;
    std::copy_n(page.begin(), header_bytes, header.begin());
    auto* body = const_cast<std::byte*>(page.data()) + header_bytes;
    ogg_page view{reinterpret_cast<unsigned char*>(header.data()), static_cast<long>(header_bytes),
                  reinterpret_cast<unsigned char*>(body),
                  static_cast<long>(page.size() - header_bytes)};
    ogg_page_checksum_set(&view);
    return GetNumber<std::uint32_t>(header, kChecksumAt);
}

std::size_t HeaderBytes(std::span<const std::byte> page) {
    return kFixedBytes + std::to_integer<std::size_t>(page[kSegmentsAt]);
}

}  // namespace

std::optional<std::size_t> OggPageSize(std::span<const std::byte> data) {
    const std::size_t known = std::min(data.size(), kCapture.size());
    if (!std::equal(kCapture.begin(), kCapture.begin() + static_cast<std::ptrdiff_t>(known),
                    data.begin()))
        return std::nullopt;
    if (data.size() < kFixedBytes || data.size() < HeaderBytes(data)) return 0;
    std::size_t size = HeaderBytes(data);
    for (const std::byte lacing : data.subspan(kFixedBytes, size - kFixedBytes))
        size += std::to_integer<std::size_t>(lacing);
    return size;
}

std::optional<OggPage> ParseOggPage(std::span<const std::byte> data) {
    const auto size = OggPageSize(data);
    if (!size || *size == 0 || *size > data.size()) return std::nullopt;
    const auto bytes = data.first(*size);
    const std::size_t header_bytes = HeaderBytes(bytes);
    if (Checksum(bytes, header_bytes) != GetNumber<std::uint32_t>(bytes, kChecksumAt))
        return std::nullopt;
    OggPage page;
    page.flags = std::to_integer<std::uint8_t>(bytes[kFlagsAt]);
    page.granule = GetNumber<std::int64_t>(bytes, kGranuleAt);
    page.serial = GetNumber<std::uint32_t>(bytes, kSerialAt);
    page.sequence = GetNumber<std::uint32_t>(bytes, kSequenceAt);
    page.lacing = bytes.subspan(kFixedBytes, header_bytes - kFixedBytes);
    page.body = bytes.subspan(header_bytes);
    return page;
}

std::uint64_t HashOggBodies(std::span<const std::byte> pages) {
    std::uint64_t hash = 0;
    while (const auto size = OggPageSize(pages)) {
        if (*size == 0 || *size > pages.size()) break;
        const auto body = pages.first(*size).subspan(HeaderBytes(pages));
        hash = XXH3_64bits_withSeed(body.data(), body.size(), hash);
        pages = pages.subspan(*size);
    }
    return hash;
}

void RewriteOggPage(std::span<std::byte> page, const OggPageHeader& header) {
    page[kFlagsAt] = static_cast<std::byte>(header.flags);
    PutNumber(page, kGranuleAt, header.granule);
    PutNumber(page, kSerialAt, header.serial);
    PutNumber(page, kSequenceAt, header.sequence);
    PutNumber(page, kChecksumAt, Checksum(page, HeaderBytes(page)));
}

}  // namespace aircheck::audio
