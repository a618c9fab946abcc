// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "common/audio/frame.h"

namespace aircheck::audio {

/// The fixed and the variable part; a checksum adds two bytes.
inline constexpr std::size_t kAdtsHeaderBytes = 7;
inline constexpr std::size_t kMaxAdtsFrameBytes = 8191;

/// The frame whose ADTS header (ISO 13818-7, 6.2) begins `data`; nullopt if there is none. HE-AAC
/// looks like the AAC-LC that is its core: samples and rate are the core's, which gives the right
/// duration. `channels` is 0 where the header leaves them to the payload.
std::optional<Frame> ParseAdtsHeader(std::span<const std::byte> data);

}  // namespace aircheck::audio
