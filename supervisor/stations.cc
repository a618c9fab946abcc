// SPDX-License-Identifier: MIT
#include "supervisor/stations.h"

#include <algorithm>
#include <utility>

namespace aircheck::supervisor {

Stations::Stations(const config::Config& config) {
    for (const auto& station : config.stations) stations_[station.callsign];
}

proto::StationEvent Stations::Complete(proto::StationEvent event) {
    Station& station = stations_.find(event.station)->second;
    event.bitrate = station.bitrate.kbps();
    station.event = std::move(event);
    return station.event;
}

std::optional<proto::StationEvent> Stations::OnBeat(std::string_view worker,
                                                    const proto::StationBeat& beat, double uptime,
                                                    double now) {
    const auto it = stations_.find(beat.station);
    if (it == stations_.end()) return std::nullopt;
    auto& [recorded, recorder, bitrate, event] = it->second;
    if (!recorder.Accept(worker, beat, now)) return std::nullopt;
    recorded = beat.state == "recording" ? now : 0;
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

std::size_t Stations::Recording(double now) const {
    return static_cast<std::size_t>(
        std::count_if(stations_.begin(), stations_.end(), [now](const auto& entry) {
            return now - entry.second.recorded < proto::RecorderChoice::kPatience;
        }));
}

}  // namespace aircheck::supervisor
