// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace aircheck::audio {

/// How loud sound is: its RMS over all channels, in half decibels below full scale. 0 is 0 dBFS or
/// more, 254 is -127 dBFS or less, 255 is not known. A sine at full scale has -3 dBFS.
using Level = std::uint8_t;

inline constexpr Level kQuietest = 254;
inline constexpr Level kUnknownLevel = 255;

/// Of the mean of the squared samples, where 1 is full scale.
Level LevelOf(double mean_square);

/// Back to that; 0 if it is not known.
double MeanSquare(Level level);

/// dBFS. Of a level that is known.
constexpr double Decibels(Level level) {
    return -0.5 * level;
}

}  // namespace aircheck::audio
