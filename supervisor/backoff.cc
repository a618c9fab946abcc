// SPDX-License-Identifier: MIT
#include "supervisor/backoff.h"

#include <algorithm>
#include <utility>

namespace aircheck::supervisor {
namespace {

constexpr int kMostDoublings = 16;  // past the limit long before; keeps the shift in range

}  // namespace

Backoff::Backoff(std::function<double()> random) : random_(std::move(random)) {}

Backoff::Millis Backoff::Next() {
    if (failures_++ == 0) return Millis{0};
    const int doublings = std::min(failures_ - 2, kMostDoublings);
    failures_ = std::min(failures_, kMostDoublings + 2);
    const Millis most = std::min(kFirst * (1 << doublings), kLimit);
    return std::chrono::duration_cast<Millis>(most * (0.5 + random_() / 2));
}

}  // namespace aircheck::supervisor
