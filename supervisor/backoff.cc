// SPDX-License-Identifier: MIT
#include "supervisor/backoff.h"

#include <algorithm>
#include <utility>

namespace aircheck::supervisor {
namespace {

constexpr int kMostDoublings = 16;  // past the limit long before; keeps the shift in range

}  // namespace

Backoff::Backoff(std::function<double()> random, int instant_starts)
    : random_(std::move(random)), most_instant_(instant_starts), instant_(instant_starts) {}

Backoff::Millis Backoff::Next(Millis lived) {
    const double earned = std::chrono::duration<double>(lived) / kEarnedAfter;
    instant_ = std::min<double>(most_instant_, instant_ + earned);
    if (instant_ < 1) return Delay();
    instant_ -= 1;
    delays_ = 0;
    return Millis{0};
}

Backoff::Millis Backoff::Delay() {
    const Millis most = std::min(kFirst * (1 << delays_), kLimit);
    delays_ = std::min(delays_ + 1, kMostDoublings);
    return std::chrono::duration_cast<Millis>(most * (0.5 + random_() / 2));
}

}  // namespace aircheck::supervisor
