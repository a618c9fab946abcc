// SPDX-License-Identifier: MIT
#include "common/log/log.h"
#include "common/retention/plan.h"
#include "common/util/units.h"

namespace aircheck::retention {

const char* Name(Action action) {
    switch (action) {
        case Action::kUpload:
            return "upload";
        case Action::kDeleteLocal:
            return "delete_local";
        case Action::kDeleteEverywhere:
            return "delete_everywhere";
        case Action::kDeleteUnsaved:
            break;
    }
    return "delete_unsaved";
}

const char* Name(Reason reason) {
    switch (reason) {
        case Reason::kAge:
            return "age";
        case Reason::kMaxDisk:
            return "max_disk";
        case Reason::kMinFree:
            break;
    }
    return "min_free";
}

std::string Why(const Rules& rules, const Step& step) {
    const auto& rule = rules.Of(step.segment.station);
    if (step.reason == Reason::kAge) {
        const bool ends = step.action == Action::kDeleteEverywhere;
        if (ends && !rules.has_cloud())
            return "older than it is to be kept, " + util::FormatDuration(rule.archive);
        return ends ? "older than cloud_archive, " + util::FormatDuration(rule.archive)
                    : "older than disk_archive, " + util::FormatDuration(rule.disk);
    }
    if (step.reason == Reason::kMaxDisk)
        return "more than max_disk, " +
               util::FormatSize(rule.max_disk.value_or(rules.max_disk().value_or(0)));
    const char* begin = step.action == Action::kUpload ? "room is getting short; min_free is "
                                                       : "less is free than min_free, ";
    return begin + util::FormatSize(rules.min_free());
}

}  // namespace aircheck::retention
