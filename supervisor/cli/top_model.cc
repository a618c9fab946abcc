// SPDX-License-Identifier: MIT
#include "supervisor/cli/top_model.h"

#include <string.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "common/log/log.h"

namespace aircheck::cli {
namespace {

/// "died: SIGSEGV (core)", "died: exit code 1", "hung"; empty where nothing went wrong.
std::string CauseOf(const proto::WorkerEvent& event) {
    if (event.event != "died" && event.event != "hung" && event.event != "failed") return "";
    std::string text = event.event;
    if (event.signal) {
        const char* name = sigabbrev_np(*event.signal);
        text += name != nullptr ? fmt::format(": SIG{}", name)
                                : fmt::format(": signal {}", *event.signal);
    } else if (event.code) {
        text += fmt::format(": exit code {}", *event.code);
    }
    if (event.core) text += " (core)";
    if (!event.suspect.empty()) text += " at " + event.suspect;
    return text;
}

}  // namespace

void TopModel::Apply(const proto::Message& message) {
    status_.Apply(message);
    if (const auto* beat = std::get_if<proto::Heartbeat>(&message)) {
        TakeBeat(*beat);
    } else if (const auto* worker = std::get_if<proto::WorkerEvent>(&message)) {
        const std::string cause = CauseOf(*worker);
        if (!cause.empty()) worker_causes_[worker->name] = {cause, worker->time};
    } else if (const auto* station = std::get_if<proto::StationEvent>(&message)) {
        if (!station->cause.empty())
            station_causes_[station->station] = {station->cause, station->time};
    }
}

// Of two recorders of a station, the one that counts is the one whose beat the status took.
void TopModel::TakeBeat(const proto::Heartbeat& beat) {
    for (const auto& part : beat.stations) {
        const auto known = status_.stations().find(part.station);
        if (known == status_.stations().end() || known->second.time != beat.time) continue;
        History& history = history_[part.station];
        if (beat.time <= history.time) continue;
        const double silent = history.time > 0 ? std::round(beat.time - history.time) - 1 : 0;
        const double limit = static_cast<double>(kSeconds);
        history.rates.insert(history.rates.end(),
                             static_cast<std::size_t>(std::clamp(silent, 0.0, limit)), 0.0);
        history.rates.push_back(static_cast<double>(part.bytes));
        while (history.rates.size() > kSeconds) history.rates.pop_front();
        history.time = beat.time;
    }
}

std::deque<double> TopModel::Rates(const std::string& station) const {
    const auto known = history_.find(station);
    return known == history_.end() ? std::deque<double>{} : known->second.rates;
}

TopModel::Cause TopModel::StationCause(const std::string& station) const {
    const auto known = station_causes_.find(station);
    return known == station_causes_.end() ? Cause{} : known->second;
}

TopModel::Cause TopModel::WorkerCause(const std::string& worker) const {
    const auto known = worker_causes_.find(worker);
    return known == worker_causes_.end() ? Cause{} : known->second;
}

}  // namespace aircheck::cli
