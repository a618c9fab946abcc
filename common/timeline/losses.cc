// SPDX-License-Identifier: MIT
#include "common/timeline/losses.h"

#include <algorithm>

namespace aircheck::timeline {

namespace {

std::string CauseOf(const catalog::Segment& segment, const LossOf& loss_of) {
    if (segment.state == catalog::SegmentState::kUploaded && segment.object.empty())
        return kMissingInCloud;
    return loss_of ? loss_of(segment) : "";
}

}  // namespace

std::vector<Gap> TakeLosses(std::vector<Recorded>& recorded, const LossOf& loss_of) {
    std::vector<Gap> losses;
    std::erase_if(recorded, [&](const Recorded& row) {
        std::string cause = CauseOf(row.segment, loss_of);
        if (cause.empty()) return false;
        losses.push_back({row.segment.start, row.segment.end, std::move(cause), {}});
        return true;
    });
    return losses;
}

void NameLosses(std::span<Gap> gaps, std::span<const Gap> losses) {
    for (Gap& gap : gaps) {
        const auto loss = std::ranges::find_if(
            losses, [&](const Gap& each) { return each.from < gap.to && each.to > gap.from; });
        if (loss != losses.end()) gap.cause = loss->cause;
    }
}

}  // namespace aircheck::timeline
