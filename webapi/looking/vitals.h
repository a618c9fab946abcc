// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.h"
#include "proto/messages.h"
#include "proto/recorder_choice.h"

namespace aircheck::webapi {

/// What is known of this instance's processes and stations, gathered from the supervisor's tap.
/// Pure: fed with messages, asked for fields. Lives on the loop's thread.
class Vitals {
public:
    /// Beats come each second; who has been silent for longer is not counted any more.
    static constexpr time::Micros kFresh{10'000'000};

    struct Process {
        proto::Heartbeat beat;
        time::SteadyTime heard;
    };

    struct Station {
        proto::RecorderChoice recorder;
        proto::StationBeat beat;
        time::SteadyTime heard;
        int bitrate = 0;                     // kbit/s; 0: not yet estimated
        std::optional<double> silent_since;  // Unix s, while it is silent
    };

    /// All fresh processes together.
    struct Sums {
        std::uint64_t memory = 0;  // bytes
        std::uint64_t memory_peak = 0;
        std::uint64_t hits = 0;
        int connections = 0;
        int files = 0;
    };

    explicit Vitals(const time::Clock& clock) : clock_(clock) {}

    void Feed(const proto::Message& message);

    /// Grows with each message.
    std::uint64_t fed() const { return fed_; }

    Sums Sum() const;
    std::vector<const Process*> Fresh() const;
    const std::map<std::string, Process>& processes() const { return processes_; }
    const std::map<std::string, proto::WorkerEvent>& workers() const { return workers_; }

    /// Other machines that were heard or should be, with what happened to each last.
    const std::map<std::string, proto::MachineEvent>& machines() const { return machines_; }

    /// nullptr if nothing has been heard of it.
    const Station* FindStation(std::string_view callsign) const;

    /// "connecting", "recording", "waiting", or "unknown" without fresh news.
    std::string StateOf(std::string_view callsign) const;

    /// Unix s of the last audio byte of any station; 0: none.
    double LastRecorded() const;

    /// kbit/s of all stations together.
    int Bitrate() const;

    /// Of the instance, that is of its supervisor.
    std::optional<std::chrono::seconds> Uptime() const;

    /// Seconds from now; never negative.
    std::optional<double> NextPrune() const;

private:
    bool IsFresh(time::SteadyTime heard) const { return clock_.Steady() - heard <= kFresh; }

    const time::Clock& clock_;
    std::uint64_t fed_ = 0;
    std::map<std::string, Process> processes_;
    std::map<std::string, Station, std::less<>> stations_;
    std::map<std::string, proto::WorkerEvent> workers_;
    std::map<std::string, proto::MachineEvent> machines_;
};

}  // namespace aircheck::webapi
