// SPDX-License-Identifier: MIT
#include "common/audio/level.h"

#include <algorithm>
#include <cmath>

namespace aircheck::audio {

Level LevelOf(double mean_square) {
    // Written so that what is no number at all is silence as well.
    if (!(mean_square > 0)) return kQuietest;
    const double halves = -20 * std::log10(mean_square);  // ten times the logarithm is decibels
    return static_cast<Level>(std::lround(std::clamp(halves, 0.0, double{kQuietest})));
}

double MeanSquare(Level level) {
    return level == kUnknownLevel ? 0 : std::pow(10, Decibels(level) / 10);
}

}  // namespace aircheck::audio
