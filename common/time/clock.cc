// SPDX-License-Identifier: MIT
#include "common/time/clock.h"

namespace aircheck::time {
namespace {

class RealClock final : public Clock {
public:
    SysTime Now() const noexcept override {
        return std::chrono::floor<Micros>(std::chrono::system_clock::now());
    }
    SteadyTime Steady() const noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& SystemClock() noexcept {
    static const RealClock clock;
    return clock;
}

}  // namespace aircheck::time
