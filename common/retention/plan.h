// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/catalog/rows.h"
#include "common/retention/rules.h"
#include "common/time/clock.h"

namespace aircheck::retention {

/// What is to be done with a segment.
enum class Action {
    kUpload,            // to the cloud; the file here goes when it has its object there
    kDeleteLocal,       // the file here; the object stays
    kDeleteEverywhere,  // it has been kept for as long as it was meant to be
    kDeleteUnsaved,     // for want of room, though it is nowhere else
};

using Reason = catalog::RemovalCause;

struct Step {
    catalog::Segment segment;
    Action action = Action::kUpload;
    Reason reason = Reason::kAge;
};

/// What has to be done with `candidates`, in the order in which it is to be done:
///
/// - What is older than `cloud_archive` is deleted everywhere.
/// - What is older than `disk_archive`, and the oldest beyond `max_disk`, moves to the cloud.
///   Without a cloud, `max_disk` deletes.
/// - Below `min_free`, the oldest goes that is safely stored elsewhere, and where there is nothing
///   of that, the oldest unsaved: at once if the cloud does not work or there is none; else when
///   half of `min_free` has been used up as well, so that uploads have their chance.
/// - When room is getting short, the oldest is uploaded before its time, so that there is something
///   that can go without a loss.
///
/// Never an open segment. Pure: where more has to go than the candidates offer, the answer is all
/// that they offer.
std::vector<Step> Plan(const Rules& rules, time::SysTime now, const DiskState& disk,
                       std::vector<catalog::Segment> candidates);

/// "upload", "delete_local", "delete_everywhere", "delete_unsaved"
const char* Name(Action action);

/// "age", "max_disk", "min_free"
const char* Name(Reason reason);

/// Why, for people: "older than disk_archive, 1.2d".
std::string Why(const Rules& rules, const Step& step);

}  // namespace aircheck::retention
