// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "common/time/clock.h"

namespace aircheck::audio {

/// Tells when the sound of one take was on the air. Pure arithmetic; no clock of its own.
///
/// A server sends a burst of older sound on connect, so arrival time misdates it. The lower
/// envelope does not: over time, min(arrival - sound received before it) tends to the air time of
/// the take's first frame. The minimum is kept over a sliding window, so that a sample clock that
/// runs slow is followed as well. While the take is young, until the minimum has stood for
/// `kSettle` (a burst may take a while on a slow line) and at most `kMaxSettle`, the answer follows
/// the minimum at once; later it is slewed, at most `kMaxSlew`, and never stepped, whatever the
/// system clock does: arrivals are given as monotonic time, and UTC is read once, at the start.
class AirClock {
public:
    static constexpr time::Micros kSettle{std::chrono::seconds{5}};
    static constexpr time::Micros kMaxSettle{std::chrono::seconds{30}};
    static constexpr double kMaxSlew = 500e-6;  // seconds per second

    /// UTC and monotonic time at the moment the first bytes came.
    AirClock(time::SysTime utc, time::SteadyTime steady);

    /// Sound up to `media` (since the take's first frame) had arrived at `arrival`.
    void Observe(time::SteadyTime arrival, time::Micros media);

    /// Air time of the frame that begins at `media`; later sound is never dated earlier. For a
    /// given `media` behind what has been observed the answer changes only while `Settling()`; so
    /// for at least the last hour of sound, and by milliseconds for what is older.
    time::SysTime At(time::Micros media) const;

    /// By the latest arrivals alone: when, on the monotonic clock, the sound at the take's first
    /// frame was on the air. For comparing takes that are recorded at the same time: what delays
    /// one of them delays the other.
    time::SteadyTime Began() const;

    bool Settling() const { return settling_; }

private:
    struct Bucket {
        std::int64_t number = -1;
        time::Micros lowest{};
    };

    /// From `media` to the next knot, sound is dated `media + offset + slew * (what is beyond)`.
    struct Knot {
        time::Micros media{};
        time::Micros offset{};
        double slew = 0;

        time::Micros OffsetAt(time::Micros at) const;
    };

    void Settle(time::Micros now, time::Micros offset);
    void Steer(std::int64_t bucket, time::Micros media);
    std::optional<time::Micros> Envelope(std::int64_t bucket) const;

    time::SysTime utc_origin_;
    time::SteadyTime steady_origin_;
    std::array<Bucket, 12> window_{};
    std::deque<Knot> knots_;  // ascending, never empty
    bool settling_ = true;
    bool observed_ = false;
    time::Micros stirred_at_{};  // when the minimum last fell by much, and to what
    time::Micros stirred_to_{};
};

}  // namespace aircheck::audio
