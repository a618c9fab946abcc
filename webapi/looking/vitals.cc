// SPDX-License-Identifier: MIT
#include "webapi/looking/vitals.h"

#include <algorithm>

#include "proto/beat.h"

namespace aircheck::webapi {

namespace {

// More than the supervisor remembers. If a flood of made-up ones made the tap lose what was
// forgotten, there is an end to it here as well.
constexpr std::size_t kMostMachines = 2 * proto::kMaxMachines;

}  // namespace

void Vitals::Feed(const proto::Message& message) {
    const time::SteadyTime now = clock_.Steady();
    ++fed_;
    if (const auto* beat = std::get_if<proto::Heartbeat>(&message)) {
        processes_[beat->name] = {*beat, now};
        for (const proto::StationBeat& news : beat->stations) {
            Station& station = stations_[news.station];
            if (!station.recorder.Accept(beat->name, news, beat->time)) continue;
            const double last = std::max(station.beat.last_recorded, news.last_recorded);
            station.beat = news;
            station.beat.last_recorded = last;  // a process that has just started knows of none
            station.heard = now;
        }
    } else if (const auto* event = std::get_if<proto::StationEvent>(&message)) {
        Station& station = stations_[event->station];
        if (event->bitrate > 0) station.bitrate = event->bitrate;
        if (event->state == "recording") {
            // Until the next beat says so.
            station.beat.state = event->state;
            station.beat.cause.clear();
            station.heard = now;
        }
    } else if (const auto* silence = std::get_if<proto::SilenceEvent>(&message)) {
        stations_[silence->station].silent_since =
            silence->silent ? std::optional(silence->since) : std::nullopt;
    } else if (const auto* change = std::get_if<proto::WorkerEvent>(&message)) {
        workers_[change->name] = *change;
    } else if (const auto* machine = std::get_if<proto::MachineEvent>(&message)) {
        if (machine->event == "forgotten") {
            machines_.erase(machine->machine);
        } else if (machines_.size() < kMostMachines || machines_.contains(machine->machine)) {
            machines_[machine->machine] = *machine;
        }
    }
}

std::vector<const Vitals::Process*> Vitals::Fresh() const {
    std::vector<const Process*> fresh;
    for (const auto& [name, process] : processes_) {
        if (IsFresh(process.heard)) fresh.push_back(&process);
    }
    return fresh;
}

Vitals::Sums Vitals::Sum() const {
    Sums sums;
    for (const Process* process : Fresh()) {
        const proto::Heartbeat& beat = process->beat;
        sums.memory += beat.memory;
        sums.memory_peak += beat.memory_peak;
        sums.hits += beat.hits;
        sums.connections += beat.connections;
        sums.files += beat.files;
    }
    return sums;
}

const Vitals::Station* Vitals::FindStation(std::string_view callsign) const {
    const auto found = stations_.find(callsign);
    return found == stations_.end() ? nullptr : &found->second;
}

std::string Vitals::StateOf(std::string_view callsign) const {
    const Station* station = FindStation(callsign);
    if (station == nullptr || station->beat.state.empty() || !IsFresh(station->heard)) {
        return "unknown";
    }
    return station->beat.state;
}

double Vitals::LastRecorded() const {
    double last = 0;
    for (const auto& [name, station] : stations_) last = std::max(last, station.beat.last_recorded);
    return last;
}

int Vitals::Bitrate() const {
    int sum = 0;
    for (const auto& [name, station] : stations_) sum += station.bitrate;
    return sum;
}

std::optional<std::chrono::seconds> Vitals::Uptime() const {
    for (const Process* process : Fresh()) {
        if (process->beat.role != "supervisor") continue;
        const std::chrono::duration<double> uptime =
            std::chrono::duration<double>(process->beat.uptime) +
            (clock_.Steady() - process->heard);
        return std::chrono::floor<std::chrono::seconds>(uptime);
    }
    return std::nullopt;
}

std::optional<double> Vitals::NextPrune() const {
    for (const Process* process : Fresh()) {
        if (!process->beat.next_prune) continue;
        return std::max(0.0, *process->beat.next_prune - time::ToUnixSeconds(clock_.Now()));
    }
    return std::nullopt;
}

}  // namespace aircheck::webapi
