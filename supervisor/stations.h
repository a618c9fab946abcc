// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "proto/messages.h"
#include "proto/recorder_choice.h"
#include "supervisor/bitrate.h"

namespace aircheck::supervisor {

/// What the supervisor knows of each station beyond what its downloader says: the bitrate.
/// Owned by the supervisor; lives on the loop's thread.
class Stations {
public:
    explicit Stations(const config::Config& config) { Update(config); }

    /// Forgets those that are not configured any more.
    void Update(const config::Config& config);

    bool Has(std::string_view callsign) const { return stations_.contains(callsign); }

    /// Whether it was configured once: its downloader may still speak of it.
    bool Had(std::string_view callsign) const { return former_.contains(callsign); }

    /// The event as taps get it, with the bitrate. `event.station` must be one of these.
    proto::StationEvent Complete(proto::StationEvent event);

    /// One station's part of a heartbeat of `worker`, sent at `uptime` seconds of its process and
    /// at `now`, Unix s. If the bitrate changes by it, the answer is the station's event anew.
    std::optional<proto::StationEvent> OnBeat(std::string_view worker,
                                              const proto::StationBeat& beat, double uptime,
                                              double now);

    /// Whether it is recorded, by the beats of the last seconds before `now`, Unix s.
    bool IsRecording(std::string_view callsign, double now) const;

    /// Whether its server will not serve us; perhaps only because it serves somebody else here.
    bool IsRefused(std::string_view callsign) const;

    /// The callsigns of those that are recorded.
    std::vector<std::string> Recorded(double now) const;

    /// How many record, by the beats of the last seconds before `now`, Unix s.
    std::size_t Recording(double now) const;

private:
    struct Station {
        double recorded = 0;  // Unix s of the last beat that said so
        std::string cause;    // of the last beat
        proto::RecorderChoice recorder;
        BitrateEstimator bitrate;
        proto::StationEvent event;
    };

    std::map<std::string, Station, std::less<>> stations_;
    std::set<std::string, std::less<>> former_;
};

}  // namespace aircheck::supervisor
