// SPDX-License-Identifier: MIT
#include "common/audio/mpeg_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace aircheck::audio {
namespace {

using Bitrates = std::array<std::uint16_t, 16>;  // kbit/s; 0: free format or reserved

constexpr Bitrates kMpeg1LayerII{0,   32,  48,  56,  64,  80,  96,  112,
                                 128, 160, 192, 224, 256, 320, 384, 0};
constexpr Bitrates kMpeg1LayerIII{0,   32,  40,  48,  56,  64,  80,  96,
                                  112, 128, 160, 192, 224, 256, 320, 0};
constexpr Bitrates kMpeg2{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};

constexpr std::array<std::uint32_t, 4> kMpeg1Rates{44100, 48000, 32000, 0};

constexpr unsigned kVersion25 = 0;
constexpr unsigned kVersionReserved = 1;
constexpr unsigned kVersion1 = 3;
constexpr unsigned kLayerIII = 1;
constexpr unsigned kLayerII = 2;
constexpr unsigned kModeMono = 3;
constexpr unsigned kEmphasisReserved = 2;

constexpr std::size_t kVbriOffset = 36;

unsigned Byte(std::span<const std::byte> data, std::size_t at) {
    return std::to_integer<unsigned>(data[at]);
}

bool HasText(std::span<const std::byte> frame, std::size_t at, std::string_view text) {
    return frame.size() >= at + text.size() &&
           std::memcmp(frame.data() + at, text.data(), text.size()) == 0;
}

}  // namespace

std::optional<Frame> ParseMpegHeader(std::span<const std::byte> data) {
    if (data.size() < kMpegHeaderBytes) return std::nullopt;
    if (Byte(data, 0) != 0xFF || (Byte(data, 1) & 0xE0) != 0xE0) return std::nullopt;

    const unsigned version = Byte(data, 1) >> 3 & 3;
    const unsigned layer = Byte(data, 1) >> 1 & 3;
    const unsigned rate_index = Byte(data, 2) >> 2 & 3;
    const unsigned padding = Byte(data, 2) >> 1 & 1;
    if (version == kVersionReserved || (layer != kLayerII && layer != kLayerIII) ||
        (Byte(data, 3) & 3) == kEmphasisReserved)
        return std::nullopt;

    const bool mpeg1 = version == kVersion1;
    const Bitrates& bitrates = !mpeg1               ? kMpeg2
                               : layer == kLayerIII ? kMpeg1LayerIII
                                                    : kMpeg1LayerII;
    const std::uint32_t bitrate = bitrates[Byte(data, 2) >> 4] * 1000u;
    const unsigned halvings = mpeg1 ? 0 : version == kVersion25 ? 2 : 1;
    const std::uint32_t sample_rate = kMpeg1Rates[rate_index] >> halvings;
    if (bitrate == 0 || sample_rate == 0) return std::nullopt;

    Frame frame;
    frame.samples = layer == kLayerIII && !mpeg1 ? 576 : 1152;
    frame.size_bytes = frame.samples / 8 * bitrate / sample_rate + padding;
    frame.format.codec = Codec::kMpeg;
    frame.format.version = mpeg1 ? 1 : version == kVersion25 ? 25 : 2;
    frame.format.layer = layer == kLayerIII ? 3 : 2;
    frame.format.sample_rate = sample_rate;
    frame.format.channels = Byte(data, 3) >> 6 == kModeMono ? 1 : 2;
    return frame;
}

bool IsMpegTable(std::span<const std::byte> frame, const StreamFormat& format) {
    if (format.layer != 3 || frame.size() < kMpegHeaderBytes) return false;

    // Fraunhofer's table stands at one place for every mode; its version is 1.
    if (HasText(frame, kVbriOffset, std::string_view("VBRI\0\1", 6))) return true;

    // The other one follows the side information, which is blank so that old decoders hear
    // silence; looking at it keeps sound from being taken for a table. A checksum may come first.
    const bool has_checksum = (Byte(frame, 1) & 1) == 0;
    const std::size_t side_bytes =
        format.version == 1 ? (format.channels == 1 ? 17 : 32) : (format.channels == 1 ? 9 : 17);
    for (std::size_t checksum_bytes = 0; checksum_bytes <= (has_checksum ? 2 : 0);
         checksum_bytes += 2) {
        const std::size_t at = kMpegHeaderBytes + checksum_bytes + side_bytes;
        if (!HasText(frame, at, "Xing") && !HasText(frame, at, "Info")) continue;
        const auto side = frame.first(at).subspan(kMpegHeaderBytes + (has_checksum ? 2 : 0));
        return std::ranges::all_of(side, [](std::byte byte) { return byte == std::byte{0}; });
    }
    return false;
}

}  // namespace aircheck::audio
