// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audio/frame.h"
#include "common/time/clock.h"

namespace aircheck::catalog {

/// What one connection to a station delivered.
struct Take {
    std::string id;  // twelve hexadecimal digits, as in the segments' names
    std::string station;
    std::string url;  // what was connected to in the end, behind playlists and redirects
    time::SysTime connected;
    std::optional<time::SysTime> ended;
    std::string end_cause;  // "" while it lasts; else a word of downloader's causes
};

enum class SegmentState : std::uint8_t { kOpen, kClosed, kUploaded };

/// One file of a take. Sound runs evenly from `start` to `end`: the frame that begins `n` samples
/// into the file was on the air at start + (end - start) * n / samples.
struct Segment {
    std::int64_t id = 0;  // given by the catalog; never used twice
    std::string station;
    std::string take;
    int sequence = 0;  // within the take, from 0; consecutive ones join by themselves
    std::string path;  // relative to the storage folder
    SegmentState state = SegmentState::kOpen;
    time::SysTime start;
    time::SysTime end;
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    std::uint64_t samples = 0;
    audio::StreamFormat format;

    /// kbit/s, from bytes and sound; 0 while empty.
    int Bitrate() const;

    bool operator==(const Segment&) const = default;
};

/// One line of a segment's sparse index: a frame that begins `sample` samples and `offset` bytes
/// into the file. About one a second.
struct IndexEntry {
    std::uint64_t sample = 0;
    std::uint64_t offset = 0;

    bool operator==(const IndexEntry&) const = default;
};

/// What has been added to an open segment since it was last told. The totals are absolute.
struct SegmentProgress {
    std::int64_t id = 0;
    time::SysTime start;
    time::SysTime end;
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    std::uint64_t samples = 0;
    std::vector<IndexEntry> index;  // new entries only, ascending
};

struct Title {
    std::string station;
    time::SysTime at;
    std::string take;
    std::string title;
    std::string url;  // StreamUrl, mostly empty
};

}  // namespace aircheck::catalog
