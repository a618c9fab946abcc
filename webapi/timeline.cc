// SPDX-License-Identifier: MIT
#include "webapi/timeline.h"

#include <algorithm>
#include <tuple>

namespace aircheck::webapi {

namespace {

using catalog::Segment;

/// A segment on the clock. The ends meet those of its neighbours in the take, where it has any,
/// so that neither a rounding nor a slewed clock can drop or double a frame between them.
struct Stretch {
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
        Stretch next{&row->segment, row->segment.start, row->segment.end};
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
    return {stretch.segment, stretch.from, stretch.to, 0, stretch.segment->samples};
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

/// Decides at which samples `older` is left and `newer` goes on, where they meet or overlap.
/// By the clock: the older one plays to its end, the newer one goes on from that time.
Splice JoinTakes(Span& older, Span& newer) {
    older.to_sample = SampleAt(*older.segment, older.to);
    newer.from_sample = SampleAt(*newer.segment, newer.from);
    return {newer.from, false};
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
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const bool meets = i > 0 && spans[i].from - spans[i - 1].to <= kSmallestGap;
        const bool spliced = meets && !InOneTake(spans[i - 1], spans[i]);
        const Splice splice = spliced ? JoinTakes(spans[i - 1], spans[i]) : Splice{};
        if (spliced && splice.at > from && splice.at < to) timeline.splices.push_back(splice);
    }
    for (Span& span : spans) {
        if (span.to <= from || span.from >= to) continue;
        if (span.from - heard > kSmallestGap) timeline.gaps.push_back({heard, span.from});
        heard = std::max(heard, span.to);
        Clip(span, std::max(from, span.from), std::min(to, span.to));
        if (span.from_sample < span.to_sample) timeline.spans.push_back(span);
    }
    heard = std::min(heard, to);
    if (to - heard > kSmallestGap) timeline.gaps.push_back({heard, to});
    return timeline;
}

}  // namespace aircheck::webapi
