// SPDX-License-Identifier: MIT
#include "supervisor/stations.h"

#include <algorithm>
#include <utility>

namespace aircheck::supervisor {

void Stations::Update(const config::Config& config) {
    std::map<std::string, Station, std::less<>> updated;
    for (const auto& [callsign, station] : stations_) {
        if (config.FindStation(callsign))
            updated.emplace(callsign, station);
        else
            former_.insert(callsign);
    }
    for (const auto& station : config.stations) {
        updated[station.callsign];
        former_.erase(station.callsign);
    }
    stations_ = std::move(updated);
}

proto::StationEvent Stations::Complete(proto::StationEvent event) {
    Station& station = stations_.find(event.station)->second;
    event.bitrate = station.bitrate.kbps();
    if (event.state == "recording") station.recorded = event.time;
    station.event = std::move(event);
    return station.event;
}

std::optional<proto::StationEvent> Stations::OnBeat(std::string_view worker,
                                                    const proto::StationBeat& beat, double uptime,
                                                    double now) {
    const auto it = stations_.find(beat.station);
    if (it == stations_.end()) return std::nullopt;
    auto& [recorded, cause, recorder, bitrate, event] = it->second;
    if (!recorder.Accept(worker, beat, now)) return std::nullopt;
    recorded = beat.state == "recording" ? now : 0;
    cause = beat.cause;
    if (beat.state != "recording") {
        bitrate.Interrupt();
        return std::nullopt;
    }
    const auto kbps = bitrate.OnBeat(beat.take, uptime, beat.take_bytes);
    if (!kbps) return std::nullopt;
    event.station = beat.station;
    event.state = beat.state;
    event.take = beat.take;
    event.time = now;
    event.bitrate = *kbps;
    return event;
}

bool Stations::IsRecording(std::string_view callsign, double now) const {
    const auto it = stations_.find(callsign);
    return it != stations_.end() && now - it->second.recorded < proto::RecorderChoice::kPatience;
}

bool Stations::IsRefused(std::string_view callsign) const {
    const auto it = stations_.find(callsign);
    return it != stations_.end() && it->second.cause.starts_with("http ");
}

std::vector<std::string> Stations::Recorded(double now) const {
    std::vector<std::string> callsigns;
    for (const auto& [callsign, station] : stations_)
        if (IsRecording(callsign, now)) callsigns.push_back(callsign);
    return callsigns;
}

std::size_t Stations::Recording(double now) const {
    return Recorded(now).size();
}

}  // namespace aircheck::supervisor
