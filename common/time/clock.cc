// SPDX-License-Identifier: MIT
#include "common/time/clock.h"

#include <ctime>
#include <mutex>

#include "common/time/step_filter.h"

namespace aircheck::time {
namespace {

class RealClock final : public Clock {
public:
    SysTime Now() const noexcept override {
        const std::lock_guard lock(mutex_);
        return Read();
    }
    SteadyTime Steady() const noexcept override { return std::chrono::steady_clock::now(); }

    Micros Offset() const noexcept {
        const std::lock_guard lock(mutex_);
        Read();
        return filter_.offset();
    }
    void GoBy(Micros offset) noexcept {
        const std::lock_guard lock(mutex_);
        filter_.GoBy(offset);
    }

private:
    SysTime Read() const noexcept {
        const Micros since_boot = SinceBoot();
        return filter_.Filter(std::chrono::floor<Micros>(std::chrono::system_clock::now()),
                              since_boot);
    }

    mutable std::mutex mutex_;
    mutable StepFilter filter_;
};

RealClock& Machine() noexcept {
    static RealClock clock;
    return clock;
}

}  // namespace

const Clock& SystemClock() noexcept {
    return Machine();
}

Micros SinceBoot() noexcept {
    timespec at{};
    ::clock_gettime(CLOCK_BOOTTIME, &at);
    return std::chrono::floor<Micros>(std::chrono::seconds{at.tv_sec} +
                                      std::chrono::nanoseconds{at.tv_nsec});
}

Micros UtcOffset() noexcept {
    return Machine().Offset();
}

void GoByUtcOffset(Micros offset) noexcept {
    Machine().GoBy(offset);
}

}  // namespace aircheck::time
