// SPDX-License-Identifier: MIT
#include "webapi/listening/live_search.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace aircheck::webapi {

namespace {

using catalog::Catalog;
using catalog::Segment;

/// How far a look-up sees ahead: no more than the first piece is needed of it.
constexpr time::Micros kHorizon = std::chrono::minutes{2};

/// Where a take goes on is mostly found within some seconds; listeners wait for it so long.
constexpr time::Micros kLongestWait = std::chrono::seconds{25};

/// Air time may run ahead of this machine's clock, but not by this.
constexpr time::Micros kFarAhead = std::chrono::hours{24};

/// What a walk over the timeline found.
struct Walk {
    std::optional<Piece> piece;
    bool vanished = false;  // a file was not where the catalog said
    bool final = true;      // all joins on the way to the piece have been told
};

/// The first piece with any bytes at or after `from`, apart from `skip`.
Walk FirstPiece(const Catalog& catalog, const Places& places, std::string_view station,
                time::SysTime from, std::int64_t skip) {
    auto recorded = LoadRecorded(catalog, station, from, from + kHorizon);
    timeline::TakeLosses(recorded, places.loss_of);
    const Timeline timeline = timeline::MakeTimeline(recorded, from, time::SysTime::max());
    Walk walk;
    for (const Span& span : timeline.spans) {
        if (span.segment->id == skip) continue;
        const std::uint64_t end = span.segment->samples;
        auto piece = OpenPiece(catalog, places, *span.segment, span.from_sample, end);
        if (!piece) {
            walk.vanished = true;
            continue;
        }
        if (!piece->begin_at && piece->size() == 0) continue;
        walk.piece = std::move(piece);
        // There may be a take between of which nothing is left to hear.
        walk.final = std::ranges::all_of(timeline.splices, [&](const Splice& splice) {
            return splice.final || splice.at > span.from;
        });
        break;
    }
    return walk;
}

/// FirstPiece, over gaps. A file that has gone or changed its name is looked up once more, and
/// then left out.
Walk FirstAfter(const Catalog& catalog, const Places& places, std::string_view station,
                time::SysTime from, std::int64_t skip) {
    Walk walk = FirstPiece(catalog, places, station, from, skip);
    if (walk.vanished) walk = FirstPiece(catalog, places, station, from, skip);
    // Each turn gets past a segment without bytes or without its file.
    for (time::SysTime t = from; !walk.piece;) {
        const auto after = catalog.SegmentAfter(station, t);
        if (!after) break;
        walk = FirstPiece(catalog, places, station, after->start, skip);
        t = after->start + time::Micros{1};
    }
    return walk;
}

/// Whether it may yet be found where the next take goes on after `current`. Who went on
/// by the clock would lose or repeat some frames.
bool MustWait(const Catalog& catalog, const Segment& current, const Walk& walk, time::SysTime now) {
    const Segment& next = walk.piece->segment;
    if (next.take == current.take) return false;
    const auto joins = [&](const std::string& older, const std::string& newer) {
        const auto splices = catalog.SplicesInto(newer);
        return std::ranges::find(splices, older, &catalog::Splice::older) != splices.end();
    };
    const bool told = joins(current.take, next.take) || joins(next.take, current.take);
    if (told && walk.final) return false;
    const auto take = catalog.FindTake(next.take);
    return now - std::max(current.end, take ? take->connected : current.end) < kLongestWait;
}

}  // namespace

std::optional<Piece> FindLiveStart(const Catalog& catalog, const Places& places,
                                   std::string_view station, time::SysTime t) {
    if (auto walk = FirstAfter(catalog, places, station, t, 0); walk.piece)
        return std::move(walk.piece);
    const auto last = catalog.SegmentBefore(station, t + kFarAhead);
    if (!last) return std::nullopt;
    return OpenPiece(catalog, places, *last, last->samples, last->samples);
}

std::optional<LiveNext> FindLiveNext(const Catalog& catalog, const Places& places,
                                     const Segment& current, time::SysTime now) {
    const auto fresh = catalog.FindSegment(current.id);
    if (fresh && fresh->bytes > current.bytes) {
        Piece more;
        more.segment = *fresh;
        return LiveNext{std::move(more), {}};
    }
    // Its end may be dated anew as it is closed; what follows begins there, to the frame.
    const Segment& last = fresh ? *fresh : current;
    auto next = FirstAfter(catalog, places, last.station, last.end, last.id);
    if (!next.piece || MustWait(catalog, last, next, now)) return std::nullopt;
    const time::Micros hole = next.piece->from() - last.end;
    // Retention takes the oldest first: what followed a segment that has gone may be gone as well.
    const bool lost = !fresh && hole > timeline::kSmallestGap;
    return LiveNext{std::move(*next.piece), lost ? hole : time::Micros{}};
}

std::optional<time::SysTime> LivePresent(const Catalog& catalog, std::string_view station,
                                         time::Micros lead, time::SysTime now) {
    const auto newest = catalog.SegmentBefore(station, now + kFarAhead);
    if (!newest) return std::nullopt;
    time::SysTime from = newest->end - lead;
    for (const Segment& segment : catalog.SegmentsBetween(station, from, newest->end))
        if (segment.format.codec != newest->format.codec) from = std::max(from, segment.end);
    return from;
}

}  // namespace aircheck::webapi
