// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "common/catalog/rows.h"

namespace aircheck::webapi {

/// The border between two frames of a segment: the later one begins there.
struct Position {
    std::uint64_t sample = 0;
    std::uint64_t byte = 0;

    bool operator==(const Position&) const = default;
};

/// Reads a segment's bytes from an offset on: how many, at least one; 0 where there are none.
using ReadSound = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> into)>;

/// Reads an open file. Throws std::system_error if it cannot be read.
ReadSound FileReader(int fd);

/// A border for which nothing has to be read: the segment's begin or end, or one that the index
/// has.
std::optional<Position> LocateByIndex(const catalog::Segment& segment,
                                      const std::optional<catalog::IndexEntry>& entry,
                                      std::uint64_t sample);

/// The first border at or after `sample`. Slices use it for their begin and their end, so that
/// those that adjoin share a border. Reads about a second of the sound from where `entry` of the
/// index says, or from the start; never more than the `segment.bytes` that the catalog vouches
/// for. Throws what `read` throws.
Position Locate(const ReadSound& read, const catalog::Segment& segment,
                const std::optional<catalog::IndexEntry>& entry, std::uint64_t sample);

}  // namespace aircheck::webapi
