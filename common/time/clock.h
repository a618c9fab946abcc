// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace aircheck::time {

/// UTC in microseconds: the resolution of every time in the catalog and in messages.
using SysTime = std::chrono::sys_time<std::chrono::microseconds>;
using Micros = std::chrono::microseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Where time comes from. Everything that dates, waits or expires takes one, so that tests own
/// time. Implementations are safe to read from any thread and outlive their users.
class Clock {
public:
    virtual ~Clock() = default;

    /// UTC; may step forwards and backwards.
    virtual SysTime Now() const noexcept = 0;

    /// Monotonic; for intervals.
    virtual SteadyTime Steady() const noexcept = 0;
};

/// The machine's clocks. A step of the wall clock counts when it has lasted: see StepFilter.
const Clock& SystemClock() noexcept;

/// On a clock that goes on while the machine sleeps.
Micros SinceBoot() noexcept;

/// By how much UTC, as SystemClock() has it, is ahead of that.
Micros UtcOffset() noexcept;

/// Takes on what another process of this machine went by just now.
void GoByUtcOffset(Micros offset) noexcept;

/// A clock that moves only when told to. For tests; one thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(SysTime now) : now_(now) {}

    SysTime Now() const noexcept override { return now_; }
    SteadyTime Steady() const noexcept override { return steady_; }

    void Advance(Micros by) {
        now_ += by;
        steady_ += by;
    }

    /// A step of the system clock: the monotonic one does not see it.
    void Step(Micros by) { now_ += by; }

private:
    SysTime now_;
    SteadyTime steady_{std::chrono::hours{1}};
};

inline double ToUnixSeconds(SysTime t) {
    return std::chrono::duration<double>(t.time_since_epoch()).count();
}

}  // namespace aircheck::time
