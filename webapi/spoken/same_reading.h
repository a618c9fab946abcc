// SPDX-License-Identifier: MIT
#pragma once

#include "common/time/clock.h"
#include "common/time/zone.h"

namespace aircheck::webapi {

/// The latest instant, not after `now`, at which clocks `here` showed the time of day that they
/// show `there` now: 7 am in Paris is the last 7 am in Los Angeles. Who begins to listen then hears
/// the station's day by his own clock. Less than a day ago, apart from changes of the clocks, which
/// are read as elsewhere: a skipped reading is the instant of the jump, of two the first.
time::SysTime SameReading(const time::Zone& here, const time::Zone& there, time::SysTime now);

}  // namespace aircheck::webapi
