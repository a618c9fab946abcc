// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "common/time/zone.h"
#include "webapi/catalog_reader.h"
#include "webapi/http/http.h"
#include "webapi/listening/live_hub.h"
#include "webapi/listening/sound_source.h"
#include "webapi/looking/disk_usage.h"
#include "webapi/looking/vitals.h"

namespace aircheck::webapi {

class LastDay;
class SupervisorLine;
struct ServerStats;

/// What this process does for its clients just now, and has done.
struct Traffic {
    const ServerStats* stats = nullptr;
    int connections = 0;
    int listeners = 0;
};

/// What the handlers of requests work with. All of it outlives them.
struct Services {
    const config::Config& config;
    const time::Clock& clock;
    CatalogReader& reader;
    const SoundSource& source;
    LiveHub& hub;
    const Vitals& vitals;
    const DiskUsage& disk;
    std::string instance_id;
    time::SteadyTime started;
    SupervisorLine* supervisor = nullptr;
    const LastDay* last_day = nullptr;
    std::string worker;                // the name of this process
    std::function<Traffic()> traffic;  // empty where there is no server
};

/// The station's zone; the machine's where none is configured.
time::Zone ZoneOf(const config::StationConfig& station);

/// 503: the catalog cannot be read just now.
Response UnavailableResponse();

/// 503: a part of that is in the cloud, which cannot be read just now.
Response CloudResponse();

/// 503: the look-ups cannot keep up.
Response BusyResponse();

/// Where the API is reached from outside, ending in "/": as configured, else as the request came
/// in or a trusted proxy says, else just "/".
std::string BaseUrl(const config::Config& config, const Request& request);

}  // namespace aircheck::webapi
