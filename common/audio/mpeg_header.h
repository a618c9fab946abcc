// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/audio/frame.h"

namespace aircheck::audio {

inline constexpr std::size_t kMpegHeaderBytes = 4;

/// A frame in free format may have any bitrate up to this: what LAME makes. The longest are those
/// of layer II at 8 kHz.
inline constexpr std::uint32_t kMaxFreeBitrate = 640'000;
inline constexpr std::size_t kMaxMpegFrameBytes = 1152 / 8 * kMaxFreeBitrate / 8000 + 1;

/// The frame whose header begins `data`: MPEG-1 (ISO 11172-3), MPEG-2 (ISO 13818-3) and the
/// unofficial 2.5, layers II and III. Nullopt for anything else: layer I, reserved values and fewer
/// bytes than a header. The rest of the frame need not be there. In free format the size stands
/// nowhere: it is `free_bytes`, and a padding; nullopt if that is 0.
std::optional<Frame> ParseMpegHeader(std::span<const std::byte> data, std::uint32_t free_bytes = 0);

/// What a header in free format tells. Such frames are all of one size, but for the padding.
struct FreeFormat {
    StreamFormat format;
    std::uint32_t padding = 0;      // bytes
    std::uint32_t least_bytes = 0;  // of a frame without padding
    std::uint32_t most_bytes = 0;   // likewise
};

/// Nullopt if no header in free format begins `data`.
std::optional<FreeFormat> ParseFreeHeader(std::span<const std::byte> data);

/// The size without padding of a whole frame that is in free format; 0 for any other.
std::uint32_t FreeBytes(std::span<const std::byte> frame);

/// Whether a whole frame holds a Xing, Info or VBRI table instead of sound.
bool IsMpegTable(std::span<const std::byte> frame, const StreamFormat& format);

}  // namespace aircheck::audio
