// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>

namespace aircheck::supervisor {

/// How long to wait before a worker is started again: not at all after the first death, then
/// doubling up to a limit, each time with jitter so that workers that died together do not come
/// back together.
class Backoff {
public:
    using Millis = std::chrono::milliseconds;

    static constexpr Millis kFirst{100};
    static constexpr Millis kLimit{30'000};

    /// `random` answers numbers evenly spread over [0, 1).
    explicit Backoff(std::function<double()> random);

    /// Counts one more failure. Zero, then between half and all of 0.1 s, 0.2 s, … 30 s.
    Millis Next();
    void Reset() { failures_ = 0; }

private:
    std::function<double()> random_;
    int failures_ = 0;
};

}  // namespace aircheck::supervisor
