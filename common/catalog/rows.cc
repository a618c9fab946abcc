// SPDX-License-Identifier: MIT
#include "common/catalog/rows.h"

#include <cmath>

namespace aircheck::catalog {

int Segment::Bitrate() const {
    if (samples == 0 || format.sample_rate == 0) return 0;
    const double seconds = static_cast<double>(samples) / format.sample_rate;
    return static_cast<int>(std::lround(static_cast<double>(bytes) * 8 / 1000 / seconds));
}

}  // namespace aircheck::catalog
