// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "common/time/clock.h"
#include "common/timeline/timeline.h"

namespace aircheck::coverage {

/// A stretch of time with something to it.
struct Stretch {
    time::SysTime from;
    time::SysTime to;
};

/// Where more than one take has sound, by time.
std::vector<Stretch> Doubled(std::span<const timeline::Recorded> recorded);

}  // namespace aircheck::coverage
