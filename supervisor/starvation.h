// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/time/clock.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// Finds downloaders that live and beat but get no bytes where others get theirs. Either another
/// one records the same station, or several stations have fallen silent here together while those
/// of other downloaders go on. A process that has never got any is not suspected: then it is rather
/// the stations, and a new process would do no better. Pure; fed with beats.
class Starvation {
public:
    explicit Starvation(const time::Clock& clock) : clock_(clock) {}

    void OnBeat(const proto::Heartbeat& beat);

    /// The downloaders that have starved for `patience`. Each is told once.
    std::vector<std::string> Find(time::Micros patience);

    void Forget(const std::string& worker) { workers_.erase(worker); }

private:
    struct Worker {
        int pid = 0;
        time::SteadyTime heard;
        time::SteadyTime fed;  // when it got bytes last
        bool has_been_fed = false;
        std::vector<std::pair<std::string, time::SteadyTime>> fed_of;  // by station, as they beat
    };

    void Note(Worker& worker, const proto::Heartbeat& beat) const;
    bool OthersAreFed(const std::string& name, const Worker& worker, time::SteadyTime since) const;

    const time::Clock& clock_;
    std::map<std::string, Worker> workers_;
};

}  // namespace aircheck::supervisor
