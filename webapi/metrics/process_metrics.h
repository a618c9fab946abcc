// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "common/time/clock.h"
#include "webapi/metrics/exposition.h"

namespace aircheck::webapi {

/// The process_* family that every Prometheus client has, of this process: it is called so, as
/// others answer on the same socket.
void AddProcessMetrics(Exposition& text, std::string_view worker, time::SysTime now);

}  // namespace aircheck::webapi
