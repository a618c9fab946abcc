// SPDX-License-Identifier: MIT
#include "common/audio/adts_header.h"

#include <array>

namespace aircheck::audio {
namespace {

constexpr std::array<std::uint32_t, 16> kSampleRates{
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
constexpr std::uint32_t kSamplesPerBlock = 1024;
constexpr unsigned kProfileLtp = 3;  // reserved in MPEG-2

}  // namespace

std::optional<Frame> ParseAdtsHeader(std::span<const std::byte> data) {
    if (data.size() < kAdtsHeaderBytes) return std::nullopt;
    const auto byte = [data](std::size_t at) { return std::to_integer<std::uint32_t>(data[at]); };
    if (byte(0) != 0xFF || (byte(1) & 0xF6) != 0xF0) return std::nullopt;

    const bool mpeg2 = (byte(1) & 8) != 0;
    const bool has_checksum = (byte(1) & 1) == 0;
    const std::uint32_t profile = byte(2) >> 6;
    const std::uint32_t sample_rate = kSampleRates[byte(2) >> 2 & 15];
    const std::uint32_t channels = (byte(2) & 1) << 2 | byte(3) >> 6;
    const std::uint32_t size = (byte(3) & 3) << 11 | byte(4) << 3 | byte(5) >> 5;
    const std::uint32_t extra_blocks = byte(6) & 3;
    if (sample_rate == 0 || (mpeg2 && profile == kProfileLtp)) return std::nullopt;

    // With a checksum, the places of all blocks but the first stand in the header too.
    const std::size_t header_bytes =
        kAdtsHeaderBytes + (has_checksum ? 2 + std::size_t{2} * extra_blocks : 0);
    if (size <= header_bytes + extra_blocks) return std::nullopt;

    Frame frame;
    frame.size_bytes = size;
    frame.samples = kSamplesPerBlock * (extra_blocks + 1);
    frame.format.codec = Codec::kAdts;
    frame.format.version = mpeg2 ? 2 : 4;
    frame.format.layer = static_cast<std::uint8_t>(profile + 1);
    frame.format.sample_rate = sample_rate;
    frame.format.channels = static_cast<std::uint8_t>(channels == 7 ? 8 : channels);
    return frame;
}

}  // namespace aircheck::audio
