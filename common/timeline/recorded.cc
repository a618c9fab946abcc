// SPDX-License-Identifier: MIT
#include "common/timeline/recorded.h"

#include <map>
#include <string>
#include <utility>

namespace aircheck::timeline {

std::vector<Recorded> LoadRecorded(const catalog::Catalog& catalog, std::string_view station,
                                   time::SysTime from, time::SysTime to) {
    std::vector<Recorded> recorded;
    struct TakeFacts {
        time::SysTime start;
        std::vector<catalog::Splice> splices;
    };
    std::map<std::string, TakeFacts> takes;
    for (catalog::Segment& segment :
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

}  // namespace aircheck::timeline
