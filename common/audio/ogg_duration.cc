// SPDX-License-Identifier: MIT
#include "common/audio/ogg_duration.h"

#include <bit>

namespace aircheck::audio {
namespace {

using Packet = std::span<const std::byte>;

std::uint32_t Byte(Packet packet, std::size_t at) {
    return std::to_integer<std::uint32_t>(packet[at]);
}

std::uint32_t OpusFrameSamples(std::uint32_t configuration) {
    constexpr std::array<std::uint32_t, 4> silk{480, 960, 1920, 2880};
    if (configuration < 12) return silk[configuration & 3];
    if (configuration < 16) return silk[configuration & 1];
    return 120U << (configuration & 3);
}

std::uint32_t OpusSamples(Packet packet) {
    constexpr std::uint32_t longest = 5760;  // 120 ms
    if (packet.empty()) return 0;
    const std::uint32_t code = Byte(packet, 0) & 3;
    std::uint32_t frames = code == 0 ? 1 : 2;
    if (code == 3) frames = packet.size() < 2 ? 0 : Byte(packet, 1) & 63;
    const std::uint32_t samples = frames * OpusFrameSamples(Byte(packet, 0) >> 3);
    return samples <= longest ? samples : 0;
}

std::uint32_t FlacSamples(Packet packet) {
    constexpr std::size_t number_at = 4;
    if (packet.size() <= number_at || Byte(packet, 0) != 0xFF || (Byte(packet, 1) & 0xFE) != 0xF8)
        return 0;
    const std::uint32_t code = Byte(packet, 2) >> 4;
    if (code == 1) return 192;
    if (code >= 2 && code <= 5) return 576U << (code - 2);
    if (code >= 8) return 256U << (code - 8);
    if (code == 0) return 0;
    // It stands behind the frame's number, which is coded like a character of UTF-8.
    const int ones = std::countl_one(std::to_integer<std::uint8_t>(packet[number_at]));
    const std::size_t at = number_at + static_cast<std::size_t>(ones == 0 ? 1 : ones);
    if (packet.size() < at + 2) return 0;
    return (code == 6 ? Byte(packet, at) : Byte(packet, at) << 8 | Byte(packet, at + 1)) + 1;
}

/// Vorbis packs bits from the lowest up (Vorbis I, 2).
std::uint32_t Bits(Packet packet, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value |= (Byte(packet, (at + i) / 8) >> (at + i) % 8 & 1) << i;
    return value;
}

struct VorbisModes {
    std::size_t at = 0;  // bits before the first
    std::size_t count = 0;
};

constexpr std::size_t kModeBits = 1 + 16 + 16 + 8;

/// The modes are the last thing in a setup header, and all before them would have to be decoded to
/// come to their beginning. So they are looked for from the end, as liboggz and FFmpeg do: each
/// holds 32 bits that must be zero, and before the first stands their number.
std::optional<VorbisModes> FindVorbisModes(Packet setup) {
    constexpr std::size_t prefix_bits = 7 * 8;  // the packet's type and "vorbis"
    constexpr std::size_t number_bits = 6;
    std::size_t end = setup.size() * 8;
    while (end > prefix_bits && Bits(setup, end - 1, 1) == 0) --end;
    if (end <= prefix_bits) return std::nullopt;
    --end;  // the framing bit

    std::optional<VorbisModes> found;
    for (std::size_t count = 1; count <= 64; ++count) {
        if (end < prefix_bits + number_bits + count * kModeBits) break;
        const std::size_t at = end - count * kModeBits;
        const std::uint32_t must_be_zero = Bits(setup, at + 1, 32);
        const std::uint32_t mapping = Bits(setup, at + 33, 8);
        if (must_be_zero != 0 || mapping > 63) break;
        if (Bits(setup, at - number_bits, number_bits) + 1 == count) found = {at, count};
    }
    return found;
}

}  // namespace

std::optional<OggPacketTimer> OggPacketTimer::Vorbis(Packet identification, Packet setup) {
    constexpr std::size_t block_sizes_at = 28;
    if (identification.size() <= block_sizes_at) return std::nullopt;
    const std::uint32_t short_power = Byte(identification, block_sizes_at) & 15;
    const std::uint32_t long_power = Byte(identification, block_sizes_at) >> 4;
    if (short_power < 6 || short_power > long_power || long_power > 13) return std::nullopt;
    const auto modes = FindVorbisModes(setup);
    if (!modes) return std::nullopt;

    OggPacketTimer timer(Codec::kVorbis);
    timer.mode_mask_ = std::bit_ceil(static_cast<std::uint32_t>(modes->count)) - 1;
    for (std::size_t mode = 0; mode < modes->count; ++mode) {
        const bool is_long = Bits(setup, modes->at + mode * kModeBits, 1) != 0;
        timer.half_block_[mode] =
            static_cast<std::uint16_t>(1U << ((is_long ? long_power : short_power) - 1));
    }
    return timer;
}

std::uint32_t OggPacketTimer::VorbisSamples(Packet packet) const {
    const bool is_sound = !packet.empty() && (Byte(packet, 0) & 1) == 0;
    return is_sound ? half_block_[Byte(packet, 0) >> 1 & mode_mask_] : 0;
}

std::uint32_t OggPacketTimer::Samples(Packet packet) const {
    switch (codec_) {
        case Codec::kOpus:
            return OpusSamples(packet);
        case Codec::kVorbis:
            return VorbisSamples(packet);
        case Codec::kFlac:
            return FlacSamples(packet);
        case Codec::kMpeg:
        case Codec::kAdts:
            break;
    }
    return 0;
}

}  // namespace aircheck::audio
