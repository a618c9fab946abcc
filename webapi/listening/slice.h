// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/timeline/recorded.h"
#include "common/timeline/timeline.h"
#include "common/util/unique_fd.h"
#include "webapi/listening/locate.h"

namespace aircheck::webapi {

using timeline::Gap;
using timeline::LoadRecorded;
using timeline::Recorded;
using timeline::Span;
using timeline::Splice;
using timeline::Timeline;

/// Some bytes of one segment's file, from frame border to frame border.
struct Piece {
    catalog::Segment segment;
    Position begin;
    Position end;
    std::string path;     // absolute
    util::UniqueFd file;  // empty where it is opened only when its turn comes

    std::uint64_t size() const { return end.byte - begin.byte; }
    time::SysTime from() const;
    time::SysTime to() const;
};

/// A span of time as pieces of files. Nothing is copied.
struct Slice {
    std::vector<Piece> pieces;  // at least one, all of one codec
    std::vector<Gap> gaps;
    std::vector<Splice> splices;
    bool complete = true;  // false: its end is still to come

    std::uint64_t size() const;  // as it is sent: with the setups that Ogg needs
    time::SysTime from() const { return pieces.front().from(); }
    time::SysTime to() const { return pieces.back().to(); }
    time::Micros duration() const;  // of the sound, without the gaps

    /// Names these very bytes: segments only ever grow, and their ids are never used twice.
    std::string Etag() const;
};

/// There is no sound of that time.
struct NothingRecorded {
    bool yet = false;  // it may still come
    std::optional<catalog::Segment> before;
    std::optional<catalog::Segment> after;
};

/// Opened files that a slice keeps; the files of longer ones are opened as they come up.
inline constexpr std::size_t kMaxOpenPieces = 64;

/// The air time of a segment's frame that begins at `sample`.
time::SysTime TimeAt(const catalog::Segment& segment, std::uint64_t sample);

/// The sound of [from, to), its files opened before anything is promised. A file that has gone or
/// changed its name since the look-up is looked up once more, then it is a gap. It has one
/// codec, that of most of the time; sound in another one is a gap, too. `catalog` is nullptr where
/// there is none yet. Blocks; throws SqliteError and std::system_error.
std::variant<Slice, NothingRecorded> BuildSlice(const catalog::Catalog* catalog,
                                                const storage::Layout& layout,
                                                std::string_view station, time::SysTime from,
                                                time::SysTime to, time::SysTime now);

/// Opens a segment's file; empty if it is not there or shorter than the catalog says.
util::UniqueFd OpenSegment(const std::string& path, std::uint64_t bytes);

}  // namespace aircheck::webapi
