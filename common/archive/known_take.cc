// SPDX-License-Identifier: MIT
#include "common/archive/known_take.h"

#include <algorithm>

namespace aircheck::archive {

std::optional<KnownTake> LoadTake(const catalog::Catalog& catalog, const catalog::Take& take) {
    const auto segments = catalog.SegmentsOfTake(take.id);
    if (segments.empty()) return std::nullopt;
    const catalog::Segment& last = segments.back();
    KnownTake known{.id = take.id,
                    .connected = take.connected,
                    .start = segments.front().start,
                    .end = last.end,
                    .began = std::nullopt,
                    .sample_rate = last.format.sample_rate,
                    .head = {},
                    .tail = catalog.TailOfTake(take.id)};
    if (known.tail.marks.empty()) return std::nullopt;
    const bool one_rate = std::ranges::all_of(segments, [&](const catalog::Segment& segment) {
        return segment.format.sample_rate == known.sample_rate;
    });
    if (const auto first = catalog.Marks(segments.front().id); first && one_rate) {
        known.head = first->head;
        known.head.begin += segments.front().take_sample;
    }
    return known;
}

}  // namespace aircheck::archive
