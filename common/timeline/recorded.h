// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/time/clock.h"
#include "common/timeline/timeline.h"

namespace aircheck::timeline {

/// The segments that hold sound of [from, to) or are near, and when their takes began.
std::vector<Recorded> LoadRecorded(const catalog::Catalog& catalog, std::string_view station,
                                   time::SysTime from, time::SysTime to);

}  // namespace aircheck::timeline
