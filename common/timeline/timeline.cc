// SPDX-License-Identifier: MIT
#include "common/timeline/timeline.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace aircheck::timeline {

namespace {

using catalog::Segment;

/// A segment on the clock. The ends meet those of its neighbours in the take, where it has any,
/// so that neither a rounding nor a slewed clock can drop or double a frame between them.
struct Stretch {
    const Recorded* row = nullptr;
    const Segment* segment = nullptr;
    time::SysTime from;
    time::SysTime to;
};

/// All stretches of sound, the oldest take's first, each take's in order.
std::vector<Stretch> Stretches(std::span<const Recorded> recorded) {
    std::vector<const Recorded*> sorted;
    for (const Recorded& row : recorded) {
        if (row.segment.samples > 0 && row.segment.start < row.segment.end) sorted.push_back(&row);
    }
    std::sort(sorted.begin(), sorted.end(), [](const Recorded* a, const Recorded* b) {
        return std::tie(a->take_start, a->segment.take, a->segment.sequence) <
               std::tie(b->take_start, b->segment.take, b->segment.sequence);
    });
    std::vector<Stretch> stretches;
    for (const Recorded* row : sorted) {
        Stretch next{row, &row->segment, row->segment.start, row->segment.end};
        if (!stretches.empty()) {
            Stretch& last = stretches.back();
            const bool follows = last.segment->take == next.segment->take &&
                                 last.segment->sequence + 1 == next.segment->sequence;
            if (follows && next.from <= last.to + kSmallestGap) {
                next.from = std::max(next.from, last.to);
                last.to = next.from;
                next.to = std::max(next.to, next.from);
            }
        }
        stretches.push_back(next);
    }
    return stretches;
}

Span WholeSpan(const Stretch& stretch) {
    return {stretch.row, stretch.segment, stretch.from, stretch.to, 0, stretch.segment->samples};
}

/// Leaves [from, to) of the span, which lies within it.
void Clip(Span& span, time::SysTime from, time::SysTime to) {
    if (from > span.from) {
        span.from_sample = std::max(span.from_sample, SampleAt(*span.segment, from));
        span.from = from;
    }
    if (to < span.to) {
        span.to_sample = std::min(span.to_sample, SampleAt(*span.segment, to));
        span.to = to;
    }
}

/// Adds what the spans there (in order, not overlapping) leave free of the stretch.
void AddWhereFree(const Stretch& stretch, std::vector<Span>& spans) {
    std::vector<Span> added;
    time::SysTime free_from = stretch.from;
    auto it = std::lower_bound(spans.begin(), spans.end(), stretch.from,
                               [](const Span& span, time::SysTime t) { return span.to <= t; });
    const auto where = it - spans.begin();
    while (free_from < stretch.to) {
        const bool covered = it != spans.end() && it->from < stretch.to;
        const time::SysTime free_to = covered ? it->from : stretch.to;
        if (free_from < free_to) {
            added.push_back(WholeSpan(stretch));
            Clip(added.back(), free_from, free_to);
        }
        if (!covered) break;
        free_from = it->to;
        ++it;
    }
    spans.insert(spans.begin() + where, added.begin(), added.end());
    std::sort(spans.begin() + where, spans.end(),
              [](const Span& a, const Span& b) { return a.from < b.from; });
}

bool InOneTake(const Span& a, const Span& b) {
    return a.segment->take == b.segment->take &&
           (a.segment == b.segment || a.segment->sequence + 1 == b.segment->sequence);
}

const catalog::Splice* FindSplice(const Recorded& from, const Recorded& into) {
    const auto it = std::ranges::find(into.splices, from.segment.take, &catalog::Splice::older);
    return it == into.splices.end() ? nullptr : &*it;
}

/// Where the sound at this position of the take of `from` lies in that of `into`, by a take that
/// both go on in; negative if there is none. Takes of two processes are not compared if both knew
/// another one in which theirs went on.
std::int64_t ByWayOfAnother(const Recorded& from, const Recorded& into, std::uint64_t position,
                            std::span<const Recorded> recorded) {
    for (const Recorded& other : recorded) {
        const auto* here = FindSplice(from, other);
        const auto* there = FindSplice(into, other);
        if (!here || !here->exact || !there || !there->exact) continue;
        const std::int64_t between = here->position.ToNewer(position);
        if (between >= 0) return there->position.ToOlder(static_cast<std::uint64_t>(between));
    }
    return -1;
}

/// The position in the take of `next` at which it goes on when `last` is left; nullopt if nothing
/// but the clock tells.
std::optional<std::uint64_t> PositionAfter(const Span& last, const Span& next,
                                           std::span<const Recorded> recorded) {
    const std::uint64_t left_at = std::max(last.heard, last.segment->take_sample + last.to_sample);
    const auto* splice = FindSplice(*last.row, *next.row);
    const auto* back = FindSplice(*next.row, *last.row);
    std::int64_t position = -1;
    if (splice && splice->exact)
        position = splice->position.ToNewer(left_at);
    else if (back && back->exact)
        position = back->position.ToOlder(left_at);
    else if (!splice && !back)
        position = ByWayOfAnother(*last.row, *next.row, left_at, recorded);
    if (position < 0) return std::nullopt;
    return static_cast<std::uint64_t>(position);
}

/// Makes the spans of one take from number `next` on begin at `position` of that take. Dates of two
/// takes differ by some milliseconds: so the place may be in the segment before or after the one
/// that the clock says.
void BeginAt(std::vector<Span>& spans, std::size_t next, std::uint64_t position,
             std::span<const Recorded> recorded) {
    const time::SysTime from = spans[next - 1].to;
    while (position >= spans[next].segment->take_sample + spans[next].segment->samples &&
           next + 1 < spans.size() && InOneTake(spans[next], spans[next + 1]))
        spans.erase(spans.begin() + static_cast<std::ptrdiff_t>(next));
    while (position < spans[next].segment->take_sample) {
        const Segment& first = *spans[next].segment;
        const auto before = std::ranges::find_if(recorded, [&](const Recorded& row) {
            return row.segment.take == first.take && row.segment.sequence + 1 == first.sequence;
        });
        if (before == recorded.end()) break;
        spans[next].from_sample = 0;
        // It is heard in no time at all, as far as the clock knows.
        spans.insert(spans.begin() + static_cast<std::ptrdiff_t>(next),
                     {&*before, &before->segment, from, from, 0, before->segment.samples});
    }
    Span& first = spans[next];
    first.from = from;
    if (position < first.segment->take_sample) return;
    first.from_sample = position - first.segment->take_sample;
    if (first.from_sample < first.to_sample) return;
    // By its date it has some more; to the frame it has not.
    first.from_sample = first.to_sample;
    first.heard = position;
}

/// Decides at which sample span number `next`, of another take than the one before, goes on.
Splice JoinTakes(std::vector<Span>& spans, std::size_t next, std::span<const Recorded> recorded) {
    const Recorded& last = *spans[next - 1].row;
    const Recorded& row = *spans[next].row;
    const auto position = PositionAfter(spans[next - 1], spans[next], recorded);
    const bool final = position || FindSplice(last, row) || FindSplice(row, last);
    if (position) BeginAt(spans, next, *position, recorded);
    return {spans[next].from, position.has_value(), final};
}

/// Whether the span holds nothing of [from, to). One without a length belongs to what follows it.
bool IsOutside(const Span& span, time::SysTime from, time::SysTime to) {
    const bool over = span.from < span.to ? span.to <= from : span.to < from;
    return over || span.from >= to;
}

}  // namespace

std::uint64_t SampleAt(const Segment& segment, time::SysTime t) {
    if (t <= segment.start) return 0;
    if (t >= segment.end) return segment.samples;
    __extension__ using Wide = unsigned __int128;
    const auto at = static_cast<Wide>((t - segment.start).count());
    const auto duration = static_cast<Wide>((segment.end - segment.start).count());
    return static_cast<std::uint64_t>(at * segment.samples / duration);
}

Timeline MakeTimeline(std::span<const Recorded> recorded, time::SysTime from, time::SysTime to) {
    std::vector<Span> spans;
    for (const Stretch& stretch : Stretches(recorded)) AddWhereFree(stretch, spans);

    Timeline timeline;
    time::SysTime heard = from;
    for (std::size_t i = 1; i < spans.size(); ++i) {
        if (InOneTake(spans[i - 1], spans[i])) continue;
        const bool meets = spans[i].from - spans[i - 1].to <= kSmallestGap;
        if (!meets && !PositionAfter(spans[i - 1], spans[i], recorded)) continue;
        const Splice splice = JoinTakes(spans, i, recorded);
        if (splice.at > from && splice.at < to) timeline.splices.push_back(splice);
    }
    for (Span& span : spans) {
        if (IsOutside(span, from, to)) continue;
        if (span.from - heard > kSmallestGap) timeline.gaps.push_back({heard, span.from});
        heard = std::max(heard, span.to);
        Clip(span, std::max(from, span.from), std::min(to, span.to));
        if (span.from_sample < span.to_sample) timeline.spans.push_back(span);
    }
    heard = std::min(heard, to);
    if (to - heard > kSmallestGap) timeline.gaps.push_back({heard, to});
    return timeline;
}

}  // namespace aircheck::timeline
