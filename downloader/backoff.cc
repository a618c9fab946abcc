// SPDX-License-Identifier: MIT
#include "downloader/backoff.h"

#include <algorithm>

namespace aircheck::downloader {

Backoff::Duration Backoff::Next(std::chrono::seconds retry_after) {
    constexpr int max_doublings = 10;
    const Duration base = std::min(kLimit, kFirst * (1 << std::min(failures_, max_doublings)));
    ++failures_;
    const double factor = std::uniform_real_distribution<double>(0.75, 1.25)(random_);
    const auto jittered =
        Duration(static_cast<Duration::rep>(static_cast<double>(base.count()) * factor));
    const Duration asked = std::clamp<std::chrono::seconds>(retry_after, std::chrono::seconds{0},
                                                            std::chrono::hours{1});
    return std::max(jittered, asked);
}

}  // namespace aircheck::downloader
