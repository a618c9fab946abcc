// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "common/time/clock.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// What became of the stations that an older generation recorded when this one took over: each is
/// to go on in a take of this one. Pure.
class HandoverAccount {
public:
    /// So long after the older generation has ended, what has not been joined will not be.
    static constexpr std::chrono::seconds kPatience{30};

    explicit HandoverAccount(const time::Clock& clock) : clock_(clock) {}

    void Begin(std::set<std::string> recorded);
    void OnSplice(const proto::SpliceEvent& event);
    void OnEnded() { ended_ = clock_.Steady(); }

    /// Whether there is a result that has not been asked for yet.
    bool IsDone() const;

    /// Fills in how many there were and how they went on.
    void Report(proto::RestartEvent& event);

private:
    const time::Clock& clock_;
    bool open_ = false;
    time::SteadyTime begun_;
    std::optional<time::SteadyTime> ended_;
    std::set<std::string> waiting_;
    int stations_ = 0;
    int exact_ = 0;
};

}  // namespace aircheck::supervisor
