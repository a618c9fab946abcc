// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace aircheck::supervisor {

/// A station's bitrate from nothing but the byte counts of its heartbeats. The burst at the
/// beginning of a take is left out; then a line is laid through (time, bytes so far) over a window
/// that grows to a minute. Writers hand over their bytes in gulps that beat against the
/// heartbeats, so a mere last-minus-first would be off by a second's worth at either end.
class BitrateEstimator {
public:
    static constexpr double kSkip = 6;     // s of a take that say nothing
    static constexpr double kLeast = 10;   // s to measure at least
    static constexpr double kWindow = 60;  // s after which the take's rate is final

    /// One heartbeat: `at` in seconds of any steady clock, `bytes_total` counting up. Answers the
    /// bitrate in kbit/s when it is known and differs from the one before.
    std::optional<int> OnBeat(const std::string& take, double at, std::uint64_t bytes_total);

    /// The take is not being recorded just now; what comes next may be a burst again.
    void Interrupt();

    int kbps() const { return kbps_; }  // 0: not yet

private:
    void BeginTake(const std::string& take, double at);
    void Add(double at, double bytes);
    std::optional<int> Estimate(double span) const;

    std::string take_;
    double began_ = 0;
    double last_at_ = 0;
    std::uint64_t last_total_ = 0;
    bool final_ = false;
    int kbps_ = 0;

    // Sums for the line of least squares, relative to the first point so that they stay exact.
    double first_at_ = 0;
    double first_bytes_ = 0;
    double n_ = 0, sum_t_ = 0, sum_b_ = 0, sum_tt_ = 0, sum_tb_ = 0, sum_bb_ = 0;
};

}  // namespace aircheck::supervisor
