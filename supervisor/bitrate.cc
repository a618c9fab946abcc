// SPDX-License-Identifier: MIT
#include "supervisor/bitrate.h"

#include <algorithm>
#include <cmath>

namespace aircheck::supervisor {
namespace {

constexpr double kStepBytes = 1000;  // bytes a second in one step of 8 kbit/s

}  // namespace

std::optional<int> BitrateEstimator::OnBeat(const std::string& take, double at,
                                            std::uint64_t bytes_total) {
    if (take.empty()) {
        Interrupt();
        return std::nullopt;
    }
    // A clock or count that ran backwards is another process's.
    if (take != take_ || at <= last_at_ || bytes_total < last_total_) BeginTake(take, at);
    last_at_ = at;
    last_total_ = bytes_total;
    if (final_ || at - began_ < kSkip) return std::nullopt;

    Add(at, static_cast<double>(bytes_total));
    const double span = at - first_at_;
    if (span < kLeast) return std::nullopt;
    final_ = span >= kWindow;
    const auto estimate = Estimate(span);
    if (!estimate || *estimate == 0 || *estimate == kbps_) return std::nullopt;
    kbps_ = *estimate;
    return kbps_;
}

void BitrateEstimator::Interrupt() {
    take_.clear();
}

void BitrateEstimator::BeginTake(const std::string& take, double at) {
    take_ = take;
    began_ = at;
    final_ = false;
    n_ = sum_t_ = sum_b_ = sum_tt_ = sum_tb_ = sum_bb_ = 0;
}

void BitrateEstimator::Add(double at, double bytes) {
    if (n_ == 0) {
        first_at_ = at;
        first_bytes_ = bytes;
    }
    const double t = at - first_at_;
    const double b = bytes - first_bytes_;
    n_ += 1;
    sum_t_ += t;
    sum_b_ += b;
    sum_tt_ += t * t;
    sum_tb_ += t * b;
    sum_bb_ += b * b;
}

// Known once the line's slope is surely nearer to this step than to its neighbours (two standard
// errors), or when the window is over.
std::optional<int> BitrateEstimator::Estimate(double span) const {
    if (n_ < 4) return std::nullopt;
    const double tt = sum_tt_ - sum_t_ * sum_t_ / n_;
    const double tb = sum_tb_ - sum_t_ * sum_b_ / n_;
    const double bb = sum_bb_ - sum_b_ * sum_b_ / n_;
    const double rate = tb / tt;  // tt > 0: the times differ
    const double error = std::sqrt(std::max(bb - rate * tb, 0.0) / (n_ - 2) / tt);
    const double steps = std::round(rate / kStepBytes);
    const double off = std::abs(rate - steps * kStepBytes);
    if (span < kWindow && off + 2 * error > kStepBytes / 2) return std::nullopt;
    return static_cast<int>(steps) * 8;
}

}  // namespace aircheck::supervisor
