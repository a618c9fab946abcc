// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "common/time/clock.h"

namespace aircheck::audio {

/// Tells when the sound of one take was on the air. Pure arithmetic; no clock of its own.
///
/// A server sends a burst of older sound on connect, so arrival time misdates it. The lower
/// envelope does not: over time, min(arrival - sound received before it) tends to the air time of
/// the take's first frame. The minimum is kept over a sliding window, so that a sample clock that
/// runs slow is followed as well. While the take is young (`kSettle`) the answer follows the
/// minimum at once; later it is slewed, at most `kMaxSlew`, and never stepped, whatever the
/// system clock does: arrivals are given as monotonic time, and UTC is read once, at the start.
class AirClock {
public:
    static constexpr time::Micros kSettle{std::chrono::seconds{5}};
    static constexpr double kMaxSlew = 500e-6;  // seconds per second

    /// UTC and monotonic time at the moment the first bytes came.
    AirClock(time::SysTime utc, time::SteadyTime steady);

    /// Sound up to `media` (since the take's first frame) had arrived at `arrival`.
    void Observe(time::SteadyTime arrival, time::Micros media);

    /// Air time of the frame that begins at `media`. For a given `media` behind what has been
    /// published the answer may change only while `Settling()`.
    time::SysTime At(time::Micros media) const;

    bool Settling() const { return settling_; }

private:
    struct Bucket {
        std::int64_t minute = -1;
        time::Micros offset{};
    };

    time::Micros Envelope() const;

    time::SysTime utc_origin_;
    time::SteadyTime steady_origin_;
    std::array<Bucket, 10> window_{};
    bool settling_ = true;
    // At(m) = utc_origin_ + anchor_offset_ + m + slew_ * (m - anchor_media_)
    time::Micros anchor_media_{};
    time::Micros anchor_offset_{};
    double slew_ = 0;
    bool seen_ = false;
};

}  // namespace aircheck::audio
