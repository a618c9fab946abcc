// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/audio/codec.h"

namespace aircheck::audio {

/// Tells how long the packets of a logical stream last, each from its own first bytes: so a page
/// lasts the same wherever one begins to read, whatever has been lost and whatever its granule
/// position claims.
class OggPacketTimer {
public:
    /// Opus (RFC 6716, 3.1) and FLAC (RFC 9639, 9.1) packets tell it themselves.
    explicit OggPacketTimer(Codec codec) : codec_(codec) {}

    /// For Vorbis. Nullopt if the identification or setup header is none.
    static std::optional<OggPacketTimer> Vorbis(std::span<const std::byte> identification,
                                                std::span<const std::byte> setup);

    /// Samples in a packet of which the first 255 bytes at least, or all, are given; 0 if it is no
    /// sound. For Vorbis half its block: what it makes a decoder put out is half of that and half
    /// of the same of the packet before, so sums are true to some hundred samples for ever.
    std::uint32_t Samples(std::span<const std::byte> packet) const;

private:
    std::uint32_t VorbisSamples(std::span<const std::byte> packet) const;

    Codec codec_;
    std::uint32_t mode_mask_ = 0;
    std::array<std::uint16_t, 64> half_block_{};  // of each mode
};

}  // namespace aircheck::audio
