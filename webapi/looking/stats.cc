// SPDX-License-Identifier: MIT
#include "webapi/looking/stats.h"

#include <boost/json/array.hpp>

#include <filesystem>

#include "common/storage/pid_file.h"
#include "common/time/timestamp.h"
#include "webapi/looking/heartbeat.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

std::string_view StateName(catalog::SegmentState state) {
    switch (state) {
        case catalog::SegmentState::kOpen:
            return "open";
        case catalog::SegmentState::kClosed:
            return "closed";
        case catalog::SegmentState::kUploaded:
            return "uploaded";
    }
    return "";
}

json::object Describe(const catalog::Segment& segment) {
    json::object stream{{"id", segment.id},
                        {"station", segment.station},
                        {"take", segment.take},
                        {"sequence", segment.sequence},
                        {"file", segment.path},
                        {"state", StateName(segment.state)},
                        {"start", time::FormatIso(segment.start)},
                        {"end", time::FormatIso(segment.end)},
                        {"bytes", segment.bytes},
                        {"frames", segment.frames},
                        {"codec", audio::Name(segment.format.codec)},
                        {"bitrate", segment.Bitrate()}};
    if (!segment.object.empty()) stream["object"] = segment.object;
    return stream;
}

json::array Workers(const Vitals& vitals) {
    json::array workers;
    for (const Vitals::Process* process : vitals.Fresh()) {
        const proto::Heartbeat& beat = process->beat;
        json::object worker{{"name", beat.name},
                            {"role", beat.role},
                            {"pid", beat.pid},
                            {"generation", beat.generation},
                            {"uptime", beat.uptime},
                            {"memory", beat.memory},
                            {"threads", beat.threads},
                            {"files", beat.files},
                            {"connections", beat.connections},
                            {"hits", beat.hits},
                            {"bytes", beat.bytes},
                            {"bytes-total", beat.bytes_total}};
        if (!beat.cloud.empty()) {
            worker["cloud"] = beat.cloud;
            worker["cloud-error"] = beat.cloud_error;
            worker["cloud-since"] = beat.cloud_since ? json::value(*beat.cloud_since) : nullptr;
            worker["unsaved"] = beat.unsaved;
        }
        const auto event = vitals.workers().find(beat.name);
        if (event != vitals.workers().end()) {
            worker["event"] = event->second.event;
            worker["restarts"] = event->second.restarts;
        }
        workers.push_back(std::move(worker));
    }
    return workers;
}

json::array Locks(const storage::Layout& layout) {
    json::array locks;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(layout.Run(), ignored)) {
        if (entry.path().extension() != ".pid") continue;
        const auto holder = storage::PidFile::Find(entry.path());
        if (!holder) continue;
        locks.push_back(
            json::object{{"file", entry.path().filename().string()}, {"pid", holder->pid}});
    }
    return locks;
}

}  // namespace

json::object StatsFields(const Services& services, const config::StationConfig* station) {
    json::object fields = HeartbeatFields(services, station);
    json::array stations;
    for (const auto& configured : services.config.stations) {
        if (station != nullptr && station != &configured) continue;
        const Vitals::Station* known = services.vitals.FindStation(configured.callsign);
        json::object entry{{"station", configured.callsign},
                           {"state", services.vitals.StateOf(configured.callsign)}};
        if (known != nullptr) {
            entry["cause"] = known->beat.cause;
            entry["take"] = known->beat.take;
            entry["file"] = known->beat.file;
            entry["idle"] = known->beat.idle;
            entry["bitrate"] = known->bitrate;
            entry["bytes-total"] = known->beat.bytes_total;
            entry["silent-since"] =
                known->silent_since ? json::value(*known->silent_since) : nullptr;
        }
        stations.push_back(std::move(entry));
    }
    fields["stations"] = std::move(stations);
    fields["workers"] = Workers(services.vitals);
    json::object settings;
    for (const auto& [key, value] : config::Describe(services.config)) settings[key] = value;
    fields["config"] = std::move(settings);
    fields["storage"] = json::object{{"used", services.disk.used()},
                                     {"free", services.disk.free()},
                                     {"total", services.disk.total()}};
    return fields;
}

void AddRecorded(json::object& fields, const catalog::Catalog* catalog,
                 const storage::Layout& layout, std::string_view station) {
    json::object values;
    json::array streams;
    if (catalog != nullptr) {
        for (const auto& [key, value] : catalog->Values()) values[key] = value;
        for (const auto& segment : catalog->AllSegments(station)) {
            streams.push_back(Describe(segment));
        }
    }
    fields["kv"] = std::move(values);
    fields["streams"] = std::move(streams);
    fields["locks"] = Locks(layout);
}

}  // namespace aircheck::webapi
