// SPDX-License-Identifier: MIT
#pragma once

#include "common/time/clock.h"
#include "webapi/metrics/exposition.h"

namespace aircheck::webapi {

/// The process_* family that every Prometheus client has, of this process.
void AddProcessMetrics(Exposition& text, time::SysTime now);

}  // namespace aircheck::webapi
