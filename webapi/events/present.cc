// SPDX-License-Identifier: MIT
#include "webapi/events/present.h"

#include <boost/json/array.hpp>

#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "common/time/timestamp.h"
#include "webapi/looking/forecast.h"
#include "webapi/metrics/last_day.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

double Seconds(time::Micros duration) {
    return std::round(std::chrono::duration<double>(duration).count() * 1000) / 1000;
}

json::value TimeOrNull(double unix_seconds) {
    return unix_seconds > 0 ? json::value(unix_seconds) : json::value();
}

void AddLastDay(json::object& entry, const LastDay::Station& day) {
    entry["day"] = json::object{{"percent", std::floor(day.sums.Percent() * 1000) / 1000},
                                {"missing", Seconds(day.sums.missing)},
                                {"holes", day.holes}};
    entry["first"] = time::ToUnixSeconds(day.first);
    if (const auto& hole = day.last_hole) {
        entry["hole"] = json::object{{"start", time::ToUnixSeconds(hole->from)},
                                     {"end", time::ToUnixSeconds(hole->to)},
                                     {"cause", hole->cause}};
    }
}

/// "mp3" of "kpcc/streams/kpcc-….mp3.part".
std::string_view ExtensionOf(std::string_view file) {
    if (file.ends_with(".part")) file.remove_suffix(5);
    const std::size_t dot = file.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : file.substr(dot + 1);
}

json::object StationFields(const Services& services, const LastTold& told,
                           const config::StationConfig& station) {
    const std::string& callsign = station.callsign;
    json::object entry{{"station", callsign},
                       {"name", station.name},
                       {"timezone", ZoneOf(station).Name()},
                       {"state", services.vitals.StateOf(callsign)},
                       {"cause", ""},
                       {"since", nullptr},
                       {"last", nullptr},
                       {"bitrate", 0},
                       {"silent", nullptr},
                       {"title", ""},
                       {"day", nullptr},
                       {"first", nullptr},
                       {"hole", nullptr}};
    if (const Vitals::Station* known = services.vitals.FindStation(callsign)) {
        entry["cause"] = known->beat.cause;
        entry["last"] = TimeOrNull(known->beat.last_recorded);
        entry["bitrate"] = known->bitrate;
        if (known->silent_since) entry["silent"] = *known->silent_since;
        entry["extension"] = ExtensionOf(known->beat.file);
    }
    if (const auto event = told.stations.find(callsign); event != told.stations.end())
        entry["since"] = event->second.time;
    if (const auto title = told.titles.find(callsign); title != told.titles.end()) {
        entry["title"] = title->second.title;
        entry["title_time"] = title->second.time;
    }
    if (services.last_day != nullptr) {
        if (const auto* day = services.last_day->Find(callsign)) AddLastDay(entry, *day);
    }
    return entry;
}

json::array Workers(const Vitals& vitals) {
    json::array workers;
    for (const Vitals::Process* process : vitals.Fresh()) {
        json::object worker = WorkerFields(process->beat);
        const auto event = vitals.workers().find(process->beat.name);
        if (event != vitals.workers().end()) {
            worker["event"] = event->second.event;
            worker["restarts"] = event->second.restarts;
        }
        workers.push_back(std::move(worker));
    }
    return workers;
}

json::array Machines(const Vitals& vitals) {
    json::array machines;
    for (const auto& [name, machine] : vitals.machines()) {
        machines.push_back(json::object{
            {"machine", name}, {"event", machine.event}, {"heard", TimeOrNull(machine.heard)}});
    }
    return machines;
}

/// How the disk fills up, if everything goes on as it does.
json::object Disk(const Services& services) {
    std::vector<Filling> fillings;
    for (const auto& station : services.config.stations) {
        const Vitals::Station* known = services.vitals.FindStation(station.callsign);
        const auto keep = config::DiskRetention(services.config, station);
        fillings.push_back({services.disk.UsedBy(station.callsign),
                            known == nullptr ? 0.0 : known->bitrate * 125.0,
                            std::chrono::duration<double>(keep).count(), station.max_disk});
    }
    const std::uint64_t free = services.disk.free();
    const std::uint64_t room =
        free > services.config.min_free ? free - services.config.min_free : 0;
    const Forecast forecast = ForecastDisk(fillings, room);
    json::object disk{{"used", services.disk.used()},
                      {"free", free},
                      {"total", services.disk.total()},
                      {"min_free", services.config.min_free},
                      {"rate", forecast.rate},
                      {"at_most", forecast.at_most},
                      {"full_in", nullptr}};
    if (forecast.full_in) disk["full_in"] = *forecast.full_in;
    return disk;
}

}  // namespace

json::object WorkerFields(const proto::Heartbeat& beat) {
    return {{"name", beat.name},     {"role", beat.role},
            {"pid", beat.pid},       {"generation", beat.generation},
            {"uptime", beat.uptime}, {"bytes", beat.bytes},
            {"memory", beat.memory}, {"connections", beat.connections},
            {"hits", beat.hits}};
}

json::object PresentFields(const Services& services, const LastTold& told) {
    json::object fields{{"time", time::ToUnixSeconds(services.clock.Now())},
                        {"version", AIRCHECK_VERSION},
                        {"uuid", services.instance_id},
                        {"uptime", nullptr},
                        {"next_prune", nullptr},
                        {"restart", nullptr}};
    if (const auto uptime = services.vitals.Uptime()) fields["uptime"] = uptime->count();
    if (const auto prune = services.vitals.NextPrune()) fields["next_prune"] = *prune;
    json::array stations;
    for (const auto& station : services.config.stations)
        stations.push_back(StationFields(services, told, station));
    fields["stations"] = std::move(stations);
    fields["workers"] = Workers(services.vitals);
    fields["machines"] = Machines(services.vitals);
    fields["disk"] = Disk(services);
    if (const proto::RestartEvent& restart = told.restart; !restart.event.empty()) {
        fields["restart"] =
            json::object{{"event", restart.event},       {"generation", restart.generation},
                         {"version", restart.version},   {"reason", restart.reason},
                         {"time", restart.time},         {"elapsed", restart.elapsed},
                         {"stations", restart.stations}, {"exact", restart.exact},
                         {"lost", restart.lost},         {"doubled", restart.doubled}};
    }
    return fields;
}

}  // namespace aircheck::webapi
