// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "common/audio/frame.h"

namespace aircheck::audio {

inline constexpr std::size_t kMpegHeaderBytes = 4;

/// The frame whose header begins `data`: MPEG-1 (ISO 11172-3), MPEG-2 (ISO 13818-3) and the
/// unofficial 2.5, layers II and III. Nullopt for anything else: layer I, reserved values, free
/// format (its size stands nowhere) and fewer bytes than a header. The rest of the frame need not
/// be there.
std::optional<Frame> ParseMpegHeader(std::span<const std::byte> data);

/// Whether a whole frame holds a Xing, Info or VBRI table instead of sound.
bool IsMpegTable(std::span<const std::byte> frame, const StreamFormat& format);

}  // namespace aircheck::audio
