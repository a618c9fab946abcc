// SPDX-License-Identifier: MIT
#include "loudness/level_meter.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace aircheck::loudness {

void LevelMeter::Add(std::uint32_t samples, std::span<const float> powers) {
    const std::uint64_t end = at_ + samples;
    // How many of what was decoded come before a sample of the segment.
    const auto before = [&](std::uint64_t sample) {
        const std::uint64_t into = std::clamp(sample, at_, end) - at_;
        return samples == 0 ? 0 : static_cast<std::size_t>(into * powers.size() / samples);
    };
    for (;;) {
        const std::uint64_t from = next_ * rate_ / kLevelsPerSecond;
        const std::uint64_t to = (next_ + 1) * rate_ / kLevelsPerSecond;
        if (end <= from) break;
        const auto part = powers.subspan(before(from), before(to) - before(from));
        sum_ = std::accumulate(part.begin(), part.end(), sum_);
        count_ += part.size();
        begun_ = true;
        if (end < to) break;
        Close();
    }
    at_ = end;
}

void LevelMeter::Close() {
    done_.push_back(count_ > 0 ? audio::LevelOf(sum_ / static_cast<double>(count_))
                               : audio::kUnknownLevel);
    ++next_;
    sum_ = 0;
    count_ = 0;
    begun_ = false;
}

std::vector<audio::Level> LevelMeter::Take() {
    return std::exchange(done_, {});
}

std::vector<audio::Level> LevelMeter::TakeAll() {
    if (begun_) Close();
    return Take();
}

}  // namespace aircheck::loudness
