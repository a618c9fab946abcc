// SPDX-License-Identifier: MIT
#include "common/audio/air_clock.h"

#include <algorithm>
#include <cmath>

namespace aircheck::audio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using time::Micros;

// Twelve buckets are two minutes: with a sample clock 200 ppm slow, the minimum of the window is
// at most 24 ms behind.
constexpr Micros kBucket = seconds{10};

// An error is steered away over about this much sound, two buckets so that it cannot oscillate.
constexpr Micros kHorizon = seconds{20};

// Smaller changes of the slew are not worth a knot.
constexpr double kSlewStep = 10e-6;

// A knot comes at most once a bucket: these reach back more than an hour.
constexpr std::size_t kMaxKnots = 512;

// A fall of the minimum by more than this is the burst still coming in, not jitter.
constexpr Micros kStir = milliseconds{20};

}  // namespace

AirClock::AirClock(time::SysTime utc, time::SteadyTime steady)
    : utc_origin_(utc), steady_origin_(steady), knots_(1) {}

Micros AirClock::Knot::OffsetAt(Micros at) const {
    return offset + Micros{std::llround(slew * static_cast<double>((at - media).count()))};
}

void AirClock::Observe(time::SteadyTime arrival, Micros media) {
    const Micros now =
        std::max(Micros{0}, std::chrono::duration_cast<Micros>(arrival - steady_origin_));
    const Micros offset = now - media;
    const std::int64_t number = now / kBucket;

    if (settling_) Settle(now, offset);
    Bucket& bucket = window_[static_cast<std::size_t>(number) % window_.size()];
    if (bucket.number == number) {
        bucket.lowest = std::min(bucket.lowest, offset);
        return;
    }
    if (!settling_) Steer(number, media);
    bucket = {number, offset};
}

void AirClock::Settle(Micros now, Micros offset) {
    Knot& start = knots_.front();
    if (!observed_ || offset < start.offset) start.offset = offset;
    if (!observed_ || offset < stirred_to_ - kStir) {
        stirred_to_ = offset;
        stirred_at_ = now;
    }
    observed_ = true;
    settling_ = now - stirred_at_ < kSettle && now < kMaxSettle;
}

std::optional<Micros> AirClock::Envelope(std::int64_t bucket) const {
    std::optional<Micros> lowest;
    const std::int64_t oldest = bucket - static_cast<std::int64_t>(window_.size());
    for (const Bucket& past : window_) {
        if (past.number < 0 || past.number < oldest) continue;
        if (!lowest || past.lowest < *lowest) lowest = past.lowest;
    }
    return lowest;
}

time::SteadyTime AirClock::Began() const {
    const auto newest = std::ranges::max(window_, {}, &Bucket::number);
    Micros lowest = newest.lowest;
    for (const Bucket& bucket : window_)
        if (bucket.number >= 0 && bucket.number == newest.number - 1)
            lowest = std::min(lowest, bucket.lowest);
    return steady_origin_ + lowest;
}

/// Aims at the envelope from `media` on, as a new bucket begins.
void AirClock::Steer(std::int64_t bucket, Micros media) {
    const Knot& last = knots_.back();
    const std::optional<Micros> envelope = Envelope(bucket);
    if (!envelope || media <= last.media) return;

    const Micros offset = last.OffsetAt(media);
    const double error = static_cast<double>((*envelope - offset).count());
    const double slew =
        std::clamp(error / static_cast<double>(kHorizon.count()), -kMaxSlew, kMaxSlew);
    if (std::abs(slew - last.slew) < kSlewStep) return;
    knots_.push_back({media, offset, slew});
    if (knots_.size() > kMaxKnots) knots_.pop_front();
}

time::SysTime AirClock::At(Micros media) const {
    const auto beyond = std::ranges::upper_bound(knots_, media, {}, &Knot::media);
    const Knot& knot = beyond == knots_.begin() ? *beyond : *std::prev(beyond);
    return utc_origin_ + knot.OffsetAt(media) + media;
}

}  // namespace aircheck::audio
