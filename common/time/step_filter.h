// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/time/clock.h"

namespace aircheck::time {

/// Keeps short-lived steps of the wall clock away from what is dated by it.
///
/// UTC is taken to be ahead of the time since boot (which counts while the machine sleeps, too) by
/// an offset. Small changes of it are followed at once, as a clock is slewed all the time. A step
/// is believed when it has lasted for `kHold`: what is set wrong and set right again meanwhile has
/// never happened. Pure; one thread at a time.
class StepFilter {
public:
    static constexpr Micros kStep = std::chrono::milliseconds{250};  // NTP slews up to 128 ms
    static constexpr Micros kHold = std::chrono::minutes{1};

    /// UTC, when the wall clock says `wall`.
    SysTime Filter(SysTime wall, Micros since_boot);

    /// Takes on what another process went by: a wall clock that disagrees has stepped.
    void GoBy(Micros offset);

    /// Of the last answer.
    Micros offset() const { return offset_.value_or(Micros{0}); }

private:
    struct Step {
        Micros offset;
        Micros since;
    };
    std::optional<Micros> offset_;
    std::optional<Step> step_;  // not believed yet
};

}  // namespace aircheck::time
