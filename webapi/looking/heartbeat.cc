// SPDX-License-Identifier: MIT
#include "webapi/looking/heartbeat.h"

#include <boost/json/array.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "common/time/timestamp.h"
#include "common/util/units.h"
#include "webapi/http/json_text.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

/// Two decimals, so that the JSON stays readable.
double Round(double value) {
    return std::round(value * 100) / 100;
}

double MiB(std::uint64_t bytes) {
    return Round(static_cast<double>(bytes) / (1 << 20));
}

double GiB(std::uint64_t bytes) {
    return Round(static_cast<double>(bytes) / (1 << 30));
}

json::array Load() {
    std::array<double, 3> load{};
    json::array values;
    if (::getloadavg(load.data(), static_cast<int>(load.size())) < 0) load = {};
    for (double value : load) values.push_back(Round(value));
    return values;
}

/// Seconds since the machine started, sleep included.
std::int64_t ComputerUptime() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec;
}

json::array Threads(const Vitals& vitals) {
    json::array threads;
    for (const Vitals::Process* process : vitals.Fresh()) {
        threads.push_back(json::object{{"name", process->beat.name},
                                       {"pid", process->beat.pid},
                                       {"threads", process->beat.threads}});
    }
    return threads;
}

void SetStation(json::object& fields, const Services& services,
                const config::StationConfig& station) {
    const Vitals::Station* known = services.vitals.FindStation(station.callsign);
    const bool recording = services.vitals.StateOf(station.callsign) == "recording";
    fields["station"] = station.callsign;
    fields["state"] = services.vitals.StateOf(station.callsign);
    fields["last-recorded"] = known == nullptr ? 0 : std::llround(known->beat.last_recorded);
    fields["files"] = recording && !known->beat.file.empty() ? 1 : 0;
    fields["disk"] = GiB(services.disk.UsedBy(station.callsign));
    fields["bitrate"] = known == nullptr ? 0 : known->bitrate;
}

}  // namespace

json::object HeartbeatFields(const Services& services, const config::StationConfig* station) {
    const Vitals& vitals = services.vitals;
    const Vitals::Sums sums = vitals.Sum();
    const time::SysTime now = services.clock.Now();
    const auto own_uptime =
        std::chrono::floor<std::chrono::seconds>(services.clock.Steady() - services.started);
    json::object fields;
    fields["human-uptime"] = util::FormatUptime(vitals.Uptime().value_or(own_uptime));
    fields["human-now"] = time::FormatIso(now);
    fields["computer-uptime"] = ComputerUptime();
    fields["computer-now"] =
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    fields["last-recorded"] = std::llround(vitals.LastRecorded());
    fields["hits"] = sums.hits;
    fields["version"] = AIRCHECK_VERSION;
    fields["uuid"] = services.instance_id;
    const auto next_prune = vitals.NextPrune();
    fields["next-prune"] = next_prune ? json::value(std::llround(*next_prune)) : json::value();
    fields["load"] = Load();
    fields["files"] = sums.files;
    fields["connections"] = sums.connections;
    fields["memory"] = json::array{MiB(sums.memory), MiB(sums.memory_peak)};
    fields["threads"] = Threads(vitals);
    fields["disk"] = GiB(services.disk.used());
    fields["bitrate"] = vitals.Bitrate();
    if (station != nullptr) SetStation(fields, services, *station);
    return fields;
}

const std::string& HeartbeatTexts::Get(const config::StationConfig* station) {
    const auto now = std::chrono::floor<std::chrono::seconds>(services_.clock.Now());
    const std::uint64_t fed = services_.vitals.fed();
    Text& text = texts_[station];
    if (text.text.empty() || text.made != now || text.fed != fed)
        text = {JsonText(HeartbeatFields(services_, station)), now, fed};
    return text.text;
}

}  // namespace aircheck::webapi
