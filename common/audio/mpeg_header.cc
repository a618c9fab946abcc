// SPDX-License-Identifier: MIT
#include "common/audio/mpeg_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace aircheck::audio {
namespace {

using Bitrates = std::array<std::uint16_t, 15>;  // kbit/s; 0: free format

constexpr Bitrates kMpeg1LayerII{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384};
constexpr Bitrates kMpeg1LayerIII{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
constexpr Bitrates kMpeg2{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
constexpr unsigned kBitrateReserved = 15;
constexpr std::uint32_t kLeastFreeBitrate = 8000;

constexpr std::array<std::uint32_t, 3> kMpeg1Rates{44100, 48000, 32000};
constexpr unsigned kRateReserved = 3;

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

struct Header {
    Frame frame;  // without the size
    std::uint32_t bitrate = 0;
    std::uint32_t padding = 0;

    std::uint32_t BytesAt(std::uint32_t rate) const {
        return frame.samples / 8 * rate / frame.format.sample_rate;
    }
};

/// Nullopt for what no frame has. A bitrate of 0 stands for free format.
std::optional<Header> Parse(std::span<const std::byte> data) {
    if (data.size() < kMpegHeaderBytes) return std::nullopt;
    if (Byte(data, 0) != 0xFF || (Byte(data, 1) & 0xE0) != 0xE0) return std::nullopt;

    const unsigned version = Byte(data, 1) >> 3 & 3;
    const unsigned layer = Byte(data, 1) >> 1 & 3;
    const unsigned bitrate_index = Byte(data, 2) >> 4;
    const unsigned rate_index = Byte(data, 2) >> 2 & 3;
    if (version == kVersionReserved || (layer != kLayerII && layer != kLayerIII) ||
        bitrate_index == kBitrateReserved || rate_index == kRateReserved ||
        (Byte(data, 3) & 3) == kEmphasisReserved)
        return std::nullopt;

    const bool mpeg1 = version == kVersion1;
    const Bitrates& bitrates = !mpeg1               ? kMpeg2
                               : layer == kLayerIII ? kMpeg1LayerIII
                                                    : kMpeg1LayerII;
    const unsigned halvings = mpeg1 ? 0 : version == kVersion25 ? 2 : 1;
    Header header;
    header.bitrate = bitrates[bitrate_index] * 1000u;
    header.padding = Byte(data, 2) >> 1 & 1;
    header.frame.samples = layer == kLayerIII && !mpeg1 ? 576 : 1152;
    StreamFormat& format = header.frame.format;
    format.codec = Codec::kMpeg;
    format.version = mpeg1 ? 1 : version == kVersion25 ? 25 : 2;
    format.layer = layer == kLayerIII ? 3 : 2;
    format.sample_rate = kMpeg1Rates[rate_index] >> halvings;
    format.channels = Byte(data, 3) >> 6 == kModeMono ? 1 : 2;
    return header;
}

}  // namespace

std::optional<Frame> ParseMpegHeader(std::span<const std::byte> data, std::uint32_t free_bytes) {
    auto header = Parse(data);
    if (!header || (header->bitrate == 0 && free_bytes == 0)) return std::nullopt;
    const std::uint32_t bytes =
        header->bitrate == 0 ? free_bytes : header->BytesAt(header->bitrate);
    header->frame.size_bytes = bytes + header->padding;
    return header->frame;
}

std::optional<FreeFormat> ParseFreeHeader(std::span<const std::byte> data) {
    const auto header = Parse(data);
    if (!header || header->bitrate != 0) return std::nullopt;
    return FreeFormat{.format = header->frame.format,
                      .padding = header->padding,
                      .least_bytes = header->BytesAt(kLeastFreeBitrate),
                      .most_bytes = header->BytesAt(kMaxFreeBitrate)};
}

std::uint32_t FreeBytes(std::span<const std::byte> frame) {
    if (frame.size() < kMpegHeaderBytes || Byte(frame, 2) >> 4 != 0) return 0;
    return static_cast<std::uint32_t>(frame.size()) - (Byte(frame, 2) >> 1 & 1);
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
