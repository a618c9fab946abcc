// SPDX-License-Identifier: MIT
#include "webapi/listening/slice.h"

#include <algorithm>
#include <map>

#include "common/log/log.h"
#include "common/timeline/gap_cause.h"
#include "webapi/cloud/cloud_segment.h"

namespace aircheck::webapi {

namespace {

using catalog::Catalog;
using catalog::Segment;
using catalog::SegmentState;

/// The cause of a gap that has sound, but not in the format of the rest.
constexpr char kOtherCodec[] = "another codec";

/// An open segment that has not grown for so long does not grow any more.
constexpr time::Micros kOpenPatience{60'000'000};

/// The end of the sound there is so far, if more of [.., to) is to come; else `to`.
time::SysTime EndSoFar(const std::vector<Recorded>& recorded, time::SysTime to, time::SysTime now) {
    time::SysTime newest{};
    bool growing = to > now;
    for (const Recorded& row : recorded) {
        newest = std::max(newest, row.segment.end);
        growing = growing || (row.segment.state == SegmentState::kOpen && row.segment.end < to &&
                              now - row.segment.end < kOpenPatience);
    }
    return growing && newest < to ? newest : to;
}

/// Until then takes that meet may yet turn out to go on in one another.
constexpr time::Micros kSplicePatience{60'000'000};

/// What one look-up came to.
struct Attempt {
    Slice slice;
    bool vanished = false;  // a file was not where the catalog said
};

/// Whether all of it can be had from the cloud, though a file may be missing here.
bool IsInCloud(Segment segment, const Places& places) {
    if (segment.object.empty()) return false;
    segment.state = SegmentState::kUploaded;
    return !places.loss_of || places.loss_of(segment).empty();
}

/// Sets `position`, or what it takes to find it.
void SetBorder(Piece& piece, std::uint64_t sample, const std::optional<catalog::IndexEntry>& entry,
               Position& position, std::optional<Border>& at) {
    if (!piece.in_cloud) {
        position = Locate(FileReader(piece.file->get()), piece.segment, entry, sample);
    } else if (const auto known = LocateByIndex(piece.segment, entry, sample)) {
        position = *known;
    } else {
        at = Border{sample, entry};
        position = {sample, entry ? entry->offset : piece.segment.setup_bytes};
    }
}

/// Gaps in order, those that touch as one.
void MergeGaps(std::vector<Gap>& gaps) {
    std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.from < b.from; });
    std::vector<Gap> merged;
    for (const Gap& gap : gaps) {
        if (!merged.empty() && gap.from - merged.back().to <= timeline::kSmallestGap) {
            merged.back().to = std::max(merged.back().to, gap.to);
        } else {
            merged.push_back(gap);
        }
    }
    gaps = std::move(merged);
}

/// The codec that plays for longest; of two the first. Not simply the first one: it may be that of
/// a last frame before the station changed.
audio::Codec MainCodec(const std::vector<Span>& spans) {
    std::map<audio::Codec, time::Micros> durations;
    for (const Span& span : spans) durations[span.segment->format.codec] += span.to - span.from;
    const auto longest = std::ranges::max_element(
        spans, {}, [&](const Span& span) { return durations[span.segment->format.codec]; });
    return longest == spans.end() ? audio::Codec::kMpeg : longest->segment->format.codec;
}

Attempt TryBuild(const Catalog& catalog, const Places& places, std::string_view station,
                 time::SysTime from, time::SysTime to, time::SysTime now) {
    auto recorded = LoadRecorded(catalog, station, from, to);
    const time::SysTime end = EndSoFar(recorded, to, now);
    const auto losses = timeline::TakeLosses(recorded, places.loss_of);
    Attempt attempt;
    Slice& slice = attempt.slice;
    slice.complete = end == to && to <= now;
    if (end <= from) return attempt;

    Timeline timeline = timeline::MakeTimeline(recorded, from, end);
    slice.gaps = std::move(timeline.gaps);
    timeline::NameLosses(slice.gaps, losses);
    slice.splices = std::move(timeline.splices);
    std::size_t open = 0;
    const audio::Codec codec = MainCodec(timeline.spans);
    for (const Span& span : timeline.spans) {
        const bool other_codec = span.segment->format.codec != codec;
        auto piece = other_codec ? std::nullopt
                                 : OpenPiece(catalog, places, *span.segment, span.from_sample,
                                             span.to_sample);
        if (!piece) {
            slice.gaps.push_back(
                {span.from, span.to, other_codec ? kOtherCodec : timeline::kFileMissing, {}});
            attempt.vanished = attempt.vanished || !other_codec;
            continue;
        }
        const bool settled = !piece->begin_at && !piece->end_at;
        if (settled && piece->size() == 0) continue;
        // An open segment's file is about to be renamed, so it is held in any case.
        open += piece->file ? 1 : 0;
        const bool keep = open <= kMaxOpenPieces || piece->segment.state == SegmentState::kOpen;
        if (!keep) piece->file.reset();
        slice.pieces.push_back(std::move(*piece));
    }
    for (const Splice& splice : slice.splices)
        if (!splice.final && now - splice.at < kSplicePatience) slice.complete = false;
    MergeGaps(slice.gaps);
    slice.gaps = timeline::Explain(catalog, station, std::move(slice.gaps));
    return attempt;
}

}  // namespace

time::SysTime TimeAt(const Segment& segment, std::uint64_t sample) {
    if (segment.samples == 0) return segment.start;
    __extension__ using Wide = __int128;
    const auto duration = static_cast<Wide>((segment.end - segment.start).count());
    return segment.start +
           time::Micros(static_cast<std::int64_t>(duration * static_cast<Wide>(sample) /
                                                  static_cast<Wide>(segment.samples)));
}

time::SysTime Piece::from() const {
    return TimeAt(segment, begin.sample);
}
time::SysTime Piece::to() const {
    return TimeAt(segment, end.sample);
}

std::uint64_t Slice::size() const {
    std::uint64_t bytes = 0;
    std::uint32_t setup = 0;
    for (const Piece& piece : pieces) {
        bytes += piece.size();
        // Once for all pieces in a row that need the same.
        if (piece.segment.format.setup != setup) bytes += piece.segment.setup_bytes;
        setup = piece.segment.format.setup;
    }
    return bytes;
}

time::Micros Slice::duration() const {
    time::Micros sum{};
    for (const Piece& piece : pieces) sum += piece.to() - piece.from();
    return sum;
}

std::string Slice::Etag() const {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    const auto mix = [&hash](std::uint64_t value) {
        for (int shift = 0; shift < 64; shift += 8) {
            hash = (hash ^ ((value >> shift) & 0xff)) * 0x100000001b3;
        }
    };
    for (const Piece& piece : pieces) {
        mix(static_cast<std::uint64_t>(piece.segment.id));
        mix(piece.begin.byte);
        mix(piece.end.byte);
    }
    return fmt::format("\"{:016x}-{:x}\"", hash, size());
}

std::optional<Piece> OpenPiece(const Catalog& catalog, const Places& places, const Segment& segment,
                               std::uint64_t from_sample, std::uint64_t to_sample) {
    Piece piece;
    piece.segment = segment;
    piece.in_cloud = segment.state == SegmentState::kUploaded;
    const auto path = places.layout.Resolve(segment.path);
    if (!piece.in_cloud) piece.file = places.files->Open(path.native(), segment.bytes);
    if (!piece.file) piece.in_cloud = IsInCloud(segment, places);
    if (!piece.file && !piece.in_cloud) return std::nullopt;
    const auto entry = [&](std::uint64_t sample) {
        // Of all but the outermost segments all is wanted: a look-up for each takes most of the
        // time.
        const bool inside = sample > 0 && sample < segment.samples;
        return inside ? catalog.FindIndexEntry(segment.id, sample) : std::nullopt;
    };
    SetBorder(piece, from_sample, entry(from_sample), piece.begin, piece.begin_at);
    SetBorder(piece, to_sample, entry(to_sample), piece.end, piece.end_at);
    return piece;
}

std::variant<Slice, NothingRecorded> BuildSlice(const Catalog* catalog, const Places& places,
                                                std::string_view station, time::SysTime from,
                                                time::SysTime to, time::SysTime now) {
    NothingRecorded nothing;
    nothing.yet = from >= now;
    if (catalog == nullptr) return nothing;
    if (!nothing.yet) {
        Attempt attempt = TryBuild(*catalog, places, station, from, to, now);
        if (attempt.vanished) attempt = TryBuild(*catalog, places, station, from, to, now);
        if (!attempt.slice.pieces.empty()) return std::move(attempt.slice);
        nothing.yet = !attempt.slice.complete && attempt.slice.gaps.empty();
    }
    AddNearest(*catalog, station, from, nothing);
    return nothing;
}

void AddNearest(const Catalog& catalog, std::string_view station, time::SysTime t,
                NothingRecorded& nothing) {
    nothing.before = catalog.SegmentBefore(station, t);
    nothing.after = catalog.SegmentAfter(station, t);
}

}  // namespace aircheck::webapi
