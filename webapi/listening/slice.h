// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/timeline/losses.h"
#include "common/timeline/recorded.h"
#include "common/timeline/timeline.h"
#include "webapi/listening/locate.h"
#include "webapi/listening/open_files.h"

namespace aircheck::webapi {

class CloudSegment;

using timeline::Gap;
using timeline::LoadRecorded;
using timeline::Recorded;
using timeline::Span;
using timeline::Splice;
using timeline::Timeline;

/// A border that is yet to be found: what Locate needs for it.
struct Border {
    std::uint64_t sample = 0;
    std::optional<catalog::IndexEntry> entry;
};

/// Some bytes of one segment's file, from frame border to frame border.
struct Piece {
    catalog::Segment segment;
    Position begin;
    Position end;
    SharedFile file;  // nullptr where it is opened only when its turn comes

    // Of what is in the cloud; SoundSource sees to these.
    bool in_cloud = false;
    std::shared_ptr<CloudSegment> cloud;  // nullptr until it is wanted
    std::optional<Border> begin_at;       // until `begin` has its byte
    std::optional<Border> end_at;         // likewise

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

/// What is recorded nearest to `t`. Blocks.
void AddNearest(const catalog::Catalog& catalog, std::string_view station, time::SysTime t,
                NothingRecorded& nothing);

/// Opened files that a slice keeps; the files of longer ones are opened as they come up.
inline constexpr std::size_t kMaxOpenPieces = 64;

/// The air time of a segment's frame that begins at `sample`.
time::SysTime TimeAt(const catalog::Segment& segment, std::uint64_t sample);

/// Where sound can be.
struct Places {
    /// What `loss_of` does not say of a segment in the cloud can be had from there.
    Places(const storage::Layout& storage, timeline::LossOf losses = {},
           std::shared_ptr<OpenFiles> open_files = std::make_shared<OpenFiles>())
        : layout(storage), loss_of(std::move(losses)), files(std::move(open_files)) {}

    const storage::Layout& layout;
    timeline::LossOf loss_of;
    std::shared_ptr<OpenFiles> files;
};

/// The sound of [from, to), its files opened before anything is promised. A file that has gone or
/// changed its name since the look-up is looked up once more, then it is a gap. What is in the
/// cloud is still to be settled. It has one codec, that of most of the time; sound in another one
/// is a gap, too. `catalog` is nullptr where there is none yet. Blocks; throws SqliteError and
/// std::system_error.
std::variant<Slice, NothingRecorded> BuildSlice(const catalog::Catalog* catalog,
                                                const Places& places, std::string_view station,
                                                time::SysTime from, time::SysTime to,
                                                time::SysTime now);

/// The sound of the segment from one sample to another, its file opened, or not if it is in the
/// cloud. Nullopt where it is not to be had. Blocks, as BuildSlice.
std::optional<Piece> OpenPiece(const catalog::Catalog& catalog, const Places& places,
                               const catalog::Segment& segment, std::uint64_t from_sample,
                               std::uint64_t to_sample);

}  // namespace aircheck::webapi
