// SPDX-License-Identifier: MIT
#include "common/coverage/doubled.h"

#include <iterator>
#include <map>

namespace aircheck::coverage {

std::vector<Stretch> Doubled(std::span<const timeline::Recorded> recorded) {
    std::map<time::SysTime, int> changes;
    for (const timeline::Recorded& row : recorded) {
        if (row.segment.samples == 0 || row.segment.start >= row.segment.end) continue;
        ++changes[row.segment.start];
        --changes[row.segment.end];
    }
    std::vector<Stretch> doubled;
    int depth = 0;
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        depth += it->second;
        const auto next = std::next(it);
        if (depth < 2 || next == changes.end()) continue;
        if (!doubled.empty() && doubled.back().to == it->first)
            doubled.back().to = next->first;
        else
            doubled.push_back({it->first, next->first});
    }
    // Files of one take may overlap by what its clock was slewed.
    std::erase_if(doubled, [](const Stretch& stretch) {
        return stretch.to - stretch.from < timeline::kSmallestGap;
    });
    return doubled;
}

}  // namespace aircheck::coverage
