// SPDX-License-Identifier: MIT
#include "common/archive/found_take.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace aircheck::archive {
namespace {

using catalog::Segment;
using time::Micros;

/// Names say whole seconds, and one more where two segments began in the same.
constexpr Micros kNameTolerance{2'000'000};

/// Sample clocks are off by less than a two-thousandth.
constexpr int kDrift = 2000;

Micros Duration(const Segment& segment) {
    return catalog::SampleDuration(segment.samples, segment.format.sample_rate);
}

bool Near(time::SysTime a, time::SysTime b, Micros tolerance) {
    return std::chrono::abs(a - b) <= tolerance;
}

/// The end that the file's time says, if the name agrees.
std::optional<time::SysTime> EndOf(const FoundSegment& found) {
    const Micros duration = Duration(found.segment);
    if (!found.modified) return std::nullopt;
    const bool agrees =
        Near(*found.modified - duration, found.named, kNameTolerance + duration / kDrift);
    return agrees ? found.modified : std::nullopt;
}

void Date(FoundSegment& found, const FoundSegment* before) {
    Segment& segment = found.segment;
    const Micros duration = Duration(segment);
    const auto end = EndOf(found);
    segment.start = end ? *end - duration : found.named;
    // Within a take sound goes on without a seam.
    if (before && Near(segment.start, before->segment.end, kNameTolerance + duration / kDrift))
        segment.start = before->segment.end;
    segment.end = end ? std::max(*end, segment.start) : segment.start + duration;
}

/// Samples that are missing between two segments of a take.
std::uint64_t Missing(const Segment& before, const Segment& after) {
    const Micros hole = after.start - before.end;
    if (hole <= kNameTolerance) return 0;
    return static_cast<std::uint64_t>(hole / std::chrono::milliseconds{1}) *
           before.format.sample_rate / 1000;
}

void NumberAfter(const Segment& before, Segment& segment) {
    const std::uint64_t missing = Missing(before, segment);
    segment.sequence = before.sequence + (missing > 0 ? 2 : 1);
    segment.take_sample = before.take_sample + before.samples + missing;
}

void NumberBefore(const Segment& after, Segment& segment) {
    const std::uint64_t missing = Missing(segment, after);
    segment.sequence = after.sequence - (missing > 0 ? 2 : 1);
    segment.take_sample =
        after.take_sample - std::min(after.take_sample, segment.samples + missing);
}

}  // namespace

void Arrange(std::vector<FoundSegment>& take) {
    for (std::size_t i = 0; i < take.size(); ++i)
        if (!take[i].known) Date(take[i], i > 0 ? &take[i - 1] : nullptr);

    const auto known = std::ranges::find(take, true, &FoundSegment::known);
    const auto anchor =
        known == take.end() ? std::size_t{0} : static_cast<std::size_t>(known - take.begin());
    for (std::size_t i = anchor; i > 0; --i) NumberBefore(take[i].segment, take[i - 1].segment);
    for (std::size_t i = anchor + 1; i < take.size(); ++i)
        if (!take[i].known) NumberAfter(take[i - 1].segment, take[i].segment);
}

}  // namespace aircheck::archive
