// SPDX-License-Identifier: MIT
#include "common/timeline/gap_cause.h"

#include <algorithm>
#include <utility>

namespace aircheck::timeline {

namespace {

/// A take's end is dated as well as its sound.
constexpr time::Micros kDatedTo{500'000};

const char* CauseOf(catalog::RemovalCause cause) {
    switch (cause) {
        case catalog::RemovalCause::kAge:
            return kTooOld;
        case catalog::RemovalCause::kMaxDisk:
            return kOverMaxDisk;
        case catalog::RemovalCause::kMinFree:
            break;
    }
    return kDiskFull;
}

/// `removed`: the sound before was, so that nothing tells how it ended.
void ExplainSilence(const catalog::Catalog& catalog, std::string_view station, Gap& gap,
                    bool removed) {
    const auto before =
        removed ? std::nullopt : catalog.SegmentBefore(station, gap.from + kDatedTo);
    const time::SysTime silent_from = before ? before->end : gap.from;
    for (auto& failure : catalog.FailuresBetween(station, silent_from - kDatedTo, gap.to))
        gap.failures.push_back(std::move(failure.cause));
    gap.cause = removed && !gap.failures.empty() ? gap.failures.front() : kNotRecorded;
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

/// The parts of a gap: those that were removed have a cause, the others have none yet.
std::vector<Gap> Divide(const catalog::Catalog& catalog, std::string_view station, const Gap& gap) {
    std::vector<Gap> parts;
    time::SysTime at = gap.from;
    const auto add = [&](time::SysTime to, const char* cause) {
        if (!parts.empty() && parts.back().cause == cause)
            parts.back().to = to;
        else
            parts.push_back({at, to, cause, {}});
        at = to;
    };
    for (const catalog::Removal& removal : catalog.RemovalsBetween(station, gap.from, gap.to)) {
        const auto to = std::min(removal.to, gap.to);
        if (to <= at) continue;
        if (removal.from - at >= kSmallestGap) add(removal.from, "");
        add(to, CauseOf(removal.cause));
    }
    if (gap.to - at >= kSmallestGap || parts.empty())
        add(gap.to, "");
    else
        parts.back().to = gap.to;
    return parts;
}

}  // namespace

std::vector<Gap> Explain(const catalog::Catalog& catalog, std::string_view station,
                         std::vector<Gap> gaps) {
    std::vector<Gap> explained;
    for (Gap& gap : gaps) {
        if (!gap.cause.empty()) {
            explained.push_back(std::move(gap));
            continue;
        }
        bool removed = false;
        for (Gap& part : Divide(catalog, station, gap)) {
            if (part.cause.empty()) ExplainSilence(catalog, station, part, removed);
            removed = true;
            explained.push_back(std::move(part));
        }
    }
    return explained;
}

}  // namespace aircheck::timeline
