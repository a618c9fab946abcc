// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "proto/messages.h"
#include "proto/recorder_choice.h"

namespace aircheck::cli {

/// What `aircheck status` knows, put together from the tap's messages. Times are Unix seconds.
class StatusModel {
public:
    struct Worker {
        std::string state = "-";  // starting, ready, waiting, hung, stopped, failed
        std::uint64_t restarts = 0;
        proto::Heartbeat beat;  // the latest; seq 0: none yet
    };
    struct Station {
        proto::RecorderChoice recorder;
        proto::StationBeat beat;
        double time = 0;                     // of the beat
        double rate = 0;                     // bytes per second, over the last few beats
        int bitrate = 0;                     // kbit/s; 0: not yet
        std::optional<double> silent_since;  // while it is
    };

    /// Takes any message; those that say nothing about workers, stations or other
    /// machines change nothing.
    void Apply(const proto::Message& message);

    const proto::Heartbeat& supervisor() const { return supervisor_; }
    const std::map<std::string, Worker>& workers() const { return workers_; }
    const std::map<std::string, Station>& stations() const { return stations_; }

    /// Other machines, with what happened to each last.
    const std::map<std::string, proto::MachineEvent>& machines() const { return machines_; }

private:
    struct Point {
        double uptime = 0;
        std::uint64_t bytes_total = 0;
    };
    struct History {
        int pid = 0;
        std::deque<Point> points;
    };

    void TakeBeat(const proto::Heartbeat& beat);
    void TakeWorker(const proto::WorkerEvent& event);
    void TakeMachine(const proto::MachineEvent& event);
    double Rate(const proto::Heartbeat& beat, const proto::StationBeat& part);

    proto::Heartbeat supervisor_;
    std::map<std::string, Worker> workers_;
    std::map<std::string, Station> stations_;
    std::map<std::string, proto::MachineEvent> machines_;
    std::map<std::string, History> history_;  // by station
};

}  // namespace aircheck::cli
