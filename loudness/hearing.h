// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/frame_scanner.h"
#include "common/catalog/rows.h"
#include "common/storage/paths.h"
#include "common/storage/quiet_io.h"
#include "common/util/unique_fd.h"
#include "loudness/decoder.h"
#include "loudness/level_meter.h"

namespace aircheck::loudness {

/// Works out the loudness of one segment, bit by bit, be it finished or still growing. Holds its
/// file, so that it may be renamed meanwhile. One thread at a time.
class Hearing {
public:
    /// Where to begin: levels before number `known` are not wanted, and the frame at `at` begins
    /// no later than that one.
    struct Start {
        catalog::IndexEntry at;
        std::size_t known = 0;
    };

    /// Throws std::system_error if the file cannot be had.
    Hearing(const storage::Layout& layout, const catalog::Segment& segment, const Start& start);

    /// Decodes as much as there is up to byte `end` of the file, but no more than `limit` bytes at
    /// once. Throws std::system_error if the file cannot be read, std::runtime_error if there is no
    /// decoder for it.
    void Hear(std::uint64_t end, std::size_t limit);

    /// Nothing comes after byte `end`, to which all has been heard.
    void Finish();

    /// The levels since the last call. The first one is number `first`.
    catalog::SegmentLevels Take();

    /// The byte up to which it has been read.
    std::uint64_t position() const { return position_; }

private:
    void Scan();
    void Decode(const audio::Frame& frame, std::span<const std::byte> bytes);

    const catalog::Segment segment_;
    const util::UniqueFd file_;
    std::optional<storage::PassingRead> passing_;
    audio::FrameScanner scanner_;
    LevelMeter meter_;
    std::optional<Decoder> decoder_;
    std::vector<std::byte> buffer_;
    std::vector<float> powers_;
    std::uint64_t position_ = 0;
    bool finished_ = false;
};

}  // namespace aircheck::loudness
