// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <random>

namespace aircheck::downloader {

/// How long to wait before a station is tried again: at once after a good take, then doubling up
/// to a minute. Jitter keeps a thousand recorders from coming back in step.
class Backoff {
public:
    using Duration = std::chrono::milliseconds;

    static constexpr Duration kFirst{100};
    static constexpr Duration kLimit{60'000};

    explicit Backoff(std::minstd_rand::result_type seed) : random_(seed) {}

    /// The wait after one more failure. `retry_after` is what the server asked for, zero if
    /// nothing; it is honoured up to an hour.
    Duration Next(std::chrono::seconds retry_after = {});

    /// A take has shown that the station is well.
    void Reset() { failures_ = 0; }

    int failures() const { return failures_; }

private:
    std::minstd_rand random_;
    int failures_ = 0;
};

}  // namespace aircheck::downloader
