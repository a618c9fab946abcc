// SPDX-License-Identifier: MIT
#include "supervisor/cli/status_model.h"

#include <variant>

namespace aircheck::cli {
namespace {

// Sound is written in gulps: a rate over a single second would jump about.
constexpr std::size_t kRatePoints = 6;

std::string StateAfter(const proto::WorkerEvent& event) {
    if (event.event == "started") return "starting";
    if (event.event == "died") return "waiting";
    return event.event;
}

}  // namespace

void StatusModel::Apply(const proto::Message& message) {
    if (const auto* beat = std::get_if<proto::Heartbeat>(&message)) {
        TakeBeat(*beat);
    } else if (const auto* worker = std::get_if<proto::WorkerEvent>(&message)) {
        TakeWorker(*worker);
    } else if (const auto* station = std::get_if<proto::StationEvent>(&message)) {
        stations_[station->station].bitrate = station->bitrate;
    } else if (const auto* silence = std::get_if<proto::SilenceEvent>(&message)) {
        stations_[silence->station].silent_since =
            silence->silent ? std::optional(silence->since) : std::nullopt;
    } else if (const auto* machine = std::get_if<proto::MachineEvent>(&message)) {
        TakeMachine(*machine);
    }
}

void StatusModel::TakeMachine(const proto::MachineEvent& event) {
    if (event.event == "forgotten") {
        machines_.erase(event.machine);
    } else {
        machines_[event.machine] = event;
    }
}

void StatusModel::TakeWorker(const proto::WorkerEvent& event) {
    Worker& worker = workers_[event.name];
    worker.state = StateAfter(event);
    worker.restarts = event.restarts;
    if (event.pid == 0 || event.pid == worker.beat.pid) return;
    // Of another process than the last beat: perhaps one that never came to send any.
    worker.beat = {};
    worker.beat.role = event.role;
    worker.beat.pid = event.pid;
}

void StatusModel::TakeBeat(const proto::Heartbeat& beat) {
    if (beat.role == "supervisor") {
        supervisor_ = beat;
        return;
    }
    Worker& worker = workers_[beat.name];
    // Seen again because somebody else subscribed.
    if (worker.beat.pid == beat.pid && worker.beat.seq == beat.seq) return;
    for (const auto& part : beat.stations) {
        Station& station = stations_[part.station];
        if (!station.recorder.Accept(beat.name, part, beat.time)) continue;
        station.rate = Rate(beat, part);
        station.beat = part;
        station.time = beat.time;
    }
    worker.beat = beat;
    worker.beat.stations.clear();
}

double StatusModel::Rate(const proto::Heartbeat& beat, const proto::StationBeat& part) {
    auto& [pid, points] = history_[part.station];
    const bool is_same_process =
        pid == beat.pid && !points.empty() && points.back().bytes_total <= part.bytes_total;
    if (!is_same_process) points.clear();
    pid = beat.pid;
    points.push_back({beat.uptime, part.bytes_total});
    if (points.size() > kRatePoints) points.pop_front();
    const double span = points.back().uptime - points.front().uptime;
    if (span <= 0) return static_cast<double>(part.bytes);  // of one second, as beats are
    return static_cast<double>(points.back().bytes_total - points.front().bytes_total) / span;
}

}  // namespace aircheck::cli
