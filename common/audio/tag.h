// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace aircheck::audio {

/// A tag that claims to be longer is not believed: a quarter of an hour of sound would go with it.
inline constexpr std::uint64_t kMaxTagBytes = 16 * 1024 * 1024;

/// Bytes of the ID3v1, ID3v2 or APE tag that begins `data`, which need not hold all of it; 0 if
/// more bytes are needed to tell, nullopt if there is no tag.
std::optional<std::uint64_t> TagSize(std::span<const std::byte> data);

}  // namespace aircheck::audio
