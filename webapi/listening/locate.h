// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "common/catalog/rows.h"

namespace aircheck::webapi {

/// The border between two frames of a segment: the later one begins there.
struct Position {
    std::uint64_t sample = 0;
    std::uint64_t byte = 0;

    bool operator==(const Position&) const = default;
};

/// The first border at or after `sample`. Slices use it for their begin and their end, so that
/// those that adjoin share a border. Reads about a second of the file from where `entry` of the
/// index says, or from the start; never more than the `segment.bytes` that the catalog vouches
/// for. Throws std::system_error if it cannot be read. Blocks.
Position Locate(int fd, const catalog::Segment& segment,
                const std::optional<catalog::IndexEntry>& entry, std::uint64_t sample);

}  // namespace aircheck::webapi
