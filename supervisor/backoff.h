// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>

namespace aircheck::supervisor {

/// How long to wait before a worker is started again. An accident is answered at once; a crash
/// loop is not: each death takes one of some instant starts, and only time alive earns them back.
/// Without any left the waits double up to a limit, with jitter so that workers that died together
/// do not come back together.
class Backoff {
public:
    using Millis = std::chrono::milliseconds;

    static constexpr int kInstantStarts = 20;
    static constexpr Millis kEarnedAfter{3'000};  // alive, for one instant start
    static constexpr Millis kFirst{100};
    static constexpr Millis kLimit{30'000};

    /// `random` answers numbers evenly spread over [0, 1).
    explicit Backoff(std::function<double()> random, int instant_starts = kInstantStarts);

    /// After a death: zero, or a delay. `lived` is how long the worker had been running.
    Millis Next(Millis lived);

    /// Between half and all of 0.1 s, 0.2 s, … 30 s, growing until an instant start is granted.
    Millis Delay();

private:
    std::function<double()> random_;
    const int most_instant_;
    double instant_;  // left, and what has been earned of the next
    int delays_ = 0;
};

}  // namespace aircheck::supervisor
