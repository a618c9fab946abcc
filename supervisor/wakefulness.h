// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

#include "common/time/clock.h"

namespace aircheck::supervisor {

/// Whether this process was asleep until just now: stopped, or suspended with the machine, or kept
/// from its work by others. Who was has not heard what was said meanwhile, and must not blame those
/// who said it.
class Wakefulness {
public:
    static constexpr std::chrono::milliseconds kTick{1000};

    /// Longer between two ticks was sleep.
    static constexpr std::chrono::milliseconds kLongest{1500};

    /// Then it takes so long to hear everybody again.
    static constexpr std::chrono::milliseconds kCatchUp{1000};

    explicit Wakefulness(const time::Clock& clock) : clock_(clock), last_(clock.Steady()) {}

    /// To be called every `kTick`.
    void Tick() {
        const auto now = clock_.Steady();
        if (now - last_ > kLongest) woke_ = now;
        last_ = now;
    }

    bool JustWoke() const {
        const auto now = clock_.Steady();
        return now - last_ > kLongest || (woke_ && now - *woke_ < kCatchUp);
    }

private:
    const time::Clock& clock_;
    time::SteadyTime last_;
    std::optional<time::SteadyTime> woke_;
};

}  // namespace aircheck::supervisor
