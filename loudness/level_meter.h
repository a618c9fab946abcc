// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/audio/level.h"

namespace aircheck::loudness {

/// So many levels a second.
inline constexpr std::uint64_t kLevelsPerSecond = 10;

/// Gathers what was decoded into a level for each tenth of a second of a segment. Pure arithmetic.
class LevelMeter {
public:
    /// The first frame begins at sample `begin` of a segment with that rate. Levels are wanted from
    /// number `first` on.
    LevelMeter(std::uint32_t rate, std::uint64_t begin, std::size_t first)
        : rate_(rate), at_(begin), next_(first) {}

    /// The next frame, of so many samples by its header, and what was decoded of it. If these are
    /// more or fewer, they are spread evenly: the header's samples are the time that it takes.
    void Add(std::uint32_t samples, std::span<const float> powers);

    /// The levels of all whole tenths of a second since the last call. Their first one is number
    /// `next() - size`.
    std::vector<audio::Level> Take();

    /// The same with the last tenth, which may not be whole.
    std::vector<audio::Level> TakeAll();

    std::size_t next() const { return next_; }

private:
    void Close();

    const std::uint32_t rate_;
    std::uint64_t at_;  // the next frame's first sample in the segment
    std::size_t next_;  // the level that is gathered, or waited for
    double sum_ = 0;
    std::uint64_t count_ = 0;
    bool begun_ = false;
    std::vector<audio::Level> done_;
};

}  // namespace aircheck::loudness
