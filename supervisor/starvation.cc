// SPDX-License-Identifier: MIT
#include "supervisor/starvation.h"

#include <algorithm>

namespace aircheck::supervisor {

void Starvation::OnBeat(const proto::Heartbeat& beat) {
    if (beat.role != "downloader") return;
    if (beat.stations.empty()) {
        Forget(beat.name);
        return;
    }
    Worker& worker = workers_[beat.name];
    if (worker.pid != beat.pid) worker = {.pid = beat.pid};
    worker.heard = clock_.Steady();
    Note(worker, beat);
}

void Starvation::Note(Worker& worker, const proto::Heartbeat& beat) const {
    worker.fed_of.resize(beat.stations.size());
    for (std::size_t i = 0; i < beat.stations.size(); ++i) {
        auto& [station, fed] = worker.fed_of[i];
        if (station != beat.stations[i].station) {
            station = beat.stations[i].station;
            fed = {};
        }
        if (beat.stations[i].bytes == 0) continue;
        fed = worker.fed = worker.heard;
        worker.has_been_fed = true;
    }
}

std::vector<std::string> Starvation::Find(time::Micros patience) {
    std::vector<std::string> starving;
    const auto since = clock_.Steady() - patience;
    for (auto& [name, worker] : workers_) {
        if (!worker.has_been_fed || worker.fed > since || worker.heard < since) continue;
        if (!OthersAreFed(name, worker, since)) continue;
        worker.has_been_fed = false;
        starving.push_back(name);
    }
    return starving;
}

bool Starvation::OthersAreFed(const std::string& name, const Worker& worker,
                              time::SteadyTime since) const {
    const bool lost_several = worker.fed_of.size() > 1;
    for (const auto& [other_name, other] : workers_) {
        if (other_name == name || other.fed <= since) continue;
        if (lost_several) return true;
        for (const auto& fed : other.fed_of) {
            const auto is_it = [&](const auto& ours) { return ours.first == fed.first; };
            if (fed.second > since && std::ranges::any_of(worker.fed_of, is_it)) return true;
        }
    }
    return false;
}

}  // namespace aircheck::supervisor
