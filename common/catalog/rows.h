// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audio/frame.h"
#include "common/audio/level.h"
#include "common/audio/splice.h"
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
    int sequence = 0;               // within the take, from 0; consecutive ones join by themselves
    std::uint64_t take_sample = 0;  // samples of the take before its first
    std::string path;               // relative to the storage folder
    SegmentState state = SegmentState::kOpen;
    time::SysTime start;
    time::SysTime end;
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    std::uint64_t samples = 0;
    std::uint64_t setup_bytes = 0;  // at the file's beginning, before the first frame: Ogg only
    audio::StreamFormat format;
    std::string object;  // its key in the cloud, once it is known to be there whole; "" until then

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

/// Marks of a segment's first and last minute of sound; positions count from its first sample.
struct SegmentMarks {
    audio::MarkRun head;
    audio::MarkRun tail;

    bool operator==(const SegmentMarks&) const = default;
};

/// Levels of a segment's sound, one for each tenth of a second from number `first` on, counted from
/// its start.
struct SegmentLevels {
    std::int64_t id = 0;  // the segment's
    std::size_t first = 0;
    std::vector<audio::Level> levels;
    bool complete = false;  // and nothing more is to be learnt of its loudness
};

/// Ten seconds of sound at a glance.
struct LevelOutline {
    audio::Level loudest = audio::kUnknownLevel;  // of its tenths of a second
    audio::Level mean = audio::kUnknownLevel;     // over all of it

    bool operator==(const LevelOutline&) const = default;
};

/// Where one take is left and another goes on. Kept once it has been found, and never changed.
struct Splice {
    std::string older;
    std::string newer;
    time::SysTime at;           // the older take's end
    bool exact = false;         // the frames agree; else there was nothing but the clock to go by
    audio::Alignment position;  // where it is exact

    bool operator==(const Splice&) const = default;
};

/// Why an attempt to record a station came to nothing.
struct Failure {
    time::SysTime at;
    std::string cause;  // a word of downloader's causes

    bool operator==(const Failure&) const = default;
};

/// Why sound that had been kept is not kept any more.
enum class RemovalCause : std::uint8_t { kAge, kMaxDisk, kMinFree };

/// Sound of a station that was removed, and is nowhere else.
struct Removal {
    time::SysTime from;
    time::SysTime to;
    RemovalCause cause = RemovalCause::kAge;

    bool operator==(const Removal&) const = default;
};

struct Title {
    std::string station;
    time::SysTime at;
    std::string take;
    std::string title;
    std::string url;      // StreamUrl, mostly empty
    std::int64_t id = 0;  // given by the catalog
};

/// A place in the order of titles: by time, and by id where that is the same.
struct TitlePlace {
    time::SysTime at;
    std::int64_t id = 0;
};

}  // namespace aircheck::catalog
