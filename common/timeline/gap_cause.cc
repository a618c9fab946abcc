// SPDX-License-Identifier: MIT
#include "common/timeline/gap_cause.h"

#include <utility>

namespace aircheck::timeline {

namespace {

/// A take's end is dated as well as its sound.
constexpr time::Micros kDatedTo{500'000};

}  // namespace

void Explain(const catalog::Catalog& catalog, std::string_view station, Gap& gap) {
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

}  // namespace aircheck::timeline
