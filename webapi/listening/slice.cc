// SPDX-License-Identifier: MIT
#include "webapi/listening/slice.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace {

using catalog::Catalog;
using catalog::Segment;
using catalog::SegmentState;

// Causes of gaps beyond those of takes.
constexpr char kNotRecorded[] = "not recorded";
constexpr char kOtherCodec[] = "another codec";
constexpr char kFileMissing[] = "file missing";

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

/// A take's end is dated as well as its sound.
constexpr time::Micros kDatedTo{500'000};

/// Says why there is no sound: why the take ended that the sound before is of, or, where that take
/// has later sound, what became of its part.
void Explain(const Catalog& catalog, std::string_view station, Gap& gap) {
    if (!gap.cause.empty()) return;
    const auto before = catalog.SegmentBefore(station, gap.from + kDatedTo);
    const time::SysTime silent_from = before ? before->end : gap.from;
    for (auto& failure : catalog.FailuresBetween(station, silent_from - kDatedTo, gap.to))
        gap.failures.push_back(std::move(failure.cause));
    gap.cause = kNotRecorded;
    if (!before) return;
    const auto take = catalog.FindTake(before->take);
    if (!take || !take->ended) return;
    const bool went_on = *take->ended > silent_from + kDatedTo;
    if (!went_on)
        gap.cause = take->end_cause;
    else if (!gap.failures.empty())
        gap.cause = gap.failures.front();
    else
        gap.cause = kFileMissing;
}

/// What one look-up came to.
struct Attempt {
    Slice slice;
    bool vanished = false;  // a file was not where the catalog said
};

/// Nullopt where its file has vanished.
std::optional<Piece> OpenPiece(const Catalog& catalog, const storage::Layout& layout,
                               const Span& span) {
    Piece piece;
    piece.segment = *span.segment;
    piece.path = layout.Resolve(piece.segment.path).string();
    piece.file = OpenSegment(piece.path, piece.segment.bytes);
    if (!piece.file) return std::nullopt;
    const auto border = [&](std::uint64_t sample) {
        const auto entry = catalog.FindIndexEntry(piece.segment.id, sample);
        return Locate(piece.file.get(), piece.segment, entry, sample);
    };
    piece.begin = border(span.from_sample);
    piece.end = border(span.to_sample);
    return piece;
}

/// Gaps in order, those that touch as one.
void MergeGaps(std::vector<Gap>& gaps) {
    std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.from < b.from; });
    std::vector<Gap> merged;
    for (const Gap& gap : gaps) {
        if (!merged.empty() && gap.from - merged.back().to <= kSmallestGap) {
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

Attempt TryBuild(const Catalog& catalog, const storage::Layout& layout, std::string_view station,
                 time::SysTime from, time::SysTime to, time::SysTime now) {
    const auto recorded = LoadRecorded(catalog, station, from, to);
    const time::SysTime end = EndSoFar(recorded, to, now);
    Attempt attempt;
    Slice& slice = attempt.slice;
    slice.complete = end == to && to <= now;
    if (end <= from) return attempt;

    Timeline timeline = MakeTimeline(recorded, from, end);
    slice.gaps = std::move(timeline.gaps);
    slice.splices = std::move(timeline.splices);
    std::size_t open = 0;
    const audio::Codec codec = MainCodec(timeline.spans);
    for (const Span& span : timeline.spans) {
        const bool other_codec = span.segment->format.codec != codec;
        auto piece = other_codec ? std::nullopt : OpenPiece(catalog, layout, span);
        if (!piece) {
            slice.gaps.push_back(
                {span.from, span.to, other_codec ? kOtherCodec : kFileMissing, {}});
            attempt.vanished = attempt.vanished || !other_codec;
            continue;
        }
        if (piece->size() == 0) continue;
        // An open segment's file is about to be renamed, so it is held in any case.
        const bool keep = ++open <= kMaxOpenPieces || piece->segment.state == SegmentState::kOpen;
        if (!keep) piece->file.Close();
        slice.pieces.push_back(std::move(*piece));
    }
    for (const Splice& splice : slice.splices)
        if (!splice.final && now - splice.at < kSplicePatience) slice.complete = false;
    MergeGaps(slice.gaps);
    for (Gap& gap : slice.gaps) Explain(catalog, station, gap);
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

util::UniqueFd OpenSegment(const std::string& path, std::uint64_t bytes) {
    util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT || errno == ELOOP) return {};
        util::ThrowErrno("cannot open " + path);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) util::ThrowErrno("cannot examine " + path);
    if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) < bytes) return {};
    return file;
}

std::vector<Recorded> LoadRecorded(const Catalog& catalog, std::string_view station,
                                   time::SysTime from, time::SysTime to) {
    std::vector<Recorded> recorded;
    struct TakeFacts {
        time::SysTime start;
        std::vector<catalog::Splice> splices;
    };
    std::map<std::string, TakeFacts> takes;
    for (Segment& segment :
         catalog.SegmentsBetween(station, from - kTimelineMargin, to + kTimelineMargin)) {
        auto it = takes.find(segment.take);
        if (it == takes.end()) {
            const auto take = catalog.FindTake(segment.take);
            it = takes
                     .emplace(segment.take, TakeFacts{take ? take->connected : segment.start,
                                                      catalog.SplicesInto(segment.take)})
                     .first;
        }
        recorded.push_back({std::move(segment), it->second.start, it->second.splices});
    }
    return recorded;
}

std::variant<Slice, NothingRecorded> BuildSlice(const Catalog* catalog,
                                                const storage::Layout& layout,
                                                std::string_view station, time::SysTime from,
                                                time::SysTime to, time::SysTime now) {
    NothingRecorded nothing;
    nothing.yet = from >= now;
    if (catalog == nullptr) return nothing;
    if (!nothing.yet) {
        Attempt attempt = TryBuild(*catalog, layout, station, from, to, now);
        if (attempt.vanished) attempt = TryBuild(*catalog, layout, station, from, to, now);
        if (!attempt.slice.pieces.empty()) return std::move(attempt.slice);
        nothing.yet = !attempt.slice.complete && attempt.slice.gaps.empty();
    }
    nothing.before = catalog->SegmentBefore(station, from);
    nothing.after = catalog->SegmentAfter(station, from);
    return nothing;
}

}  // namespace aircheck::webapi
