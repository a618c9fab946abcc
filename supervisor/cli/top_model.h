// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "proto/messages.h"
#include "supervisor/cli/status_model.h"

namespace aircheck::cli {

/// What `aircheck top` knows beyond `aircheck status`: what was recorded in each of the last
/// seconds, and why something last went wrong. Times are Unix seconds.
class TopModel {
public:
    /// How many seconds of rates are kept.
    static constexpr std::size_t kSeconds = 30;

    struct Cause {
        std::string text;  // empty: none yet
        double time = 0;
    };

    /// Takes any message.
    void Apply(const proto::Message& message);

    void CountMissed(std::uint64_t messages) { missed_ += messages; }

    const StatusModel& status() const { return status_; }
    std::uint64_t missed() const { return missed_; }

    /// Bytes recorded in each second, the latest last; seconds without a beat count as silent.
    std::deque<double> Rates(const std::string& station) const;
    Cause StationCause(const std::string& station) const;
    Cause WorkerCause(const std::string& worker) const;

private:
    struct History {
        double time = 0;  // of the latest
        std::deque<double> rates;
    };

    void TakeBeat(const proto::Heartbeat& beat);

    StatusModel status_;
    std::map<std::string, History> history_;
    std::map<std::string, Cause> station_causes_;
    std::map<std::string, Cause> worker_causes_;
    std::uint64_t missed_ = 0;
};

}  // namespace aircheck::cli
