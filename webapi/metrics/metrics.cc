// SPDX-License-Identifier: MIT
#include "webapi/metrics/metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "common/log/log.h"
#include "webapi/http/server.h"
#include "webapi/metrics/exposition.h"
#include "webapi/metrics/last_day.h"
#include "webapi/metrics/process_metrics.h"

namespace aircheck::webapi {

namespace {

using Labels = Exposition::Labels;

/// Workers that are not heard of for so long are not there any more.
constexpr std::chrono::hours kForgotten{1};

constexpr int kBytesPerKilobit = 125;

constexpr std::array kClassNames = {"1xx", "2xx", "3xx", "4xx", "5xx"};

double Seconds(time::SteadyTime::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

double Seconds(time::Micros duration) {
    return std::chrono::duration<double>(duration).count();
}

void AddInstance(Exposition& text, const Services& services) {
    const auto own = services.clock.Steady() - services.started;
    const auto uptime = services.vitals.Uptime();
    text.Gauge("aircheck_build_info", "1, with the version of the program.");
    text.Sample({{"version", AIRCHECK_VERSION}}, 1);
    text.Gauge("aircheck_uptime_seconds", "Since this instance was started.");
    text.Sample({}, uptime ? static_cast<double>(uptime->count()) : Seconds(own));
    text.Gauge("aircheck_disk_used_bytes", "What all recordings take.");
    text.Sample({}, services.disk.used());
    text.Gauge("aircheck_disk_free_bytes", "What is left on the disk of the recordings.");
    text.Sample({}, services.disk.free());
    text.Gauge("aircheck_disk_size_bytes", "The size of that disk.");
    text.Sample({}, services.disk.total());
    text.Gauge("aircheck_next_prune_timestamp_seconds", "When retention runs next.");
    if (const auto next = services.vitals.NextPrune())
        text.Sample({}, time::ToUnixSeconds(services.clock.Now()) + *next);
    const auto processes = services.vitals.Fresh();
    const auto pruner = std::ranges::find_if(
        processes, [](const Vitals::Process* process) { return !process->beat.cloud.empty(); });
    text.Gauge("aircheck_cloud_works", "Whether recordings can move to the cloud.");
    if (pruner != processes.end()) text.Sample({}, (*pruner)->beat.cloud == "works" ? 1 : 0);
    text.Gauge("aircheck_cloud_unsaved_bytes", "What should be in the cloud and is not yet.");
    if (pruner != processes.end()) text.Sample({}, (*pruner)->beat.unsaved);
    text.Gauge("aircheck_machine_silent", "Whether another machine has fallen silent.");
    for (const auto& [name, machine] : services.vitals.machines())
        text.Sample({{"machine", name}}, machine.event == "silent" ? 1 : 0);
}

/// `value(beat, labels)` of each station that has been heard of.
template <typename Value>
void ForStations(const Services& services, Value value) {
    for (const auto& station : services.config.stations)
        if (const auto* known = services.vitals.FindStation(station.callsign))
            value(*known, Labels{{"station", station.callsign}});
}

void AddStations(Exposition& text, const Services& services) {
    text.Gauge("aircheck_station_recording", "Whether the station is being recorded.");
    for (const auto& station : services.config.stations) {
        const bool recording = services.vitals.StateOf(station.callsign) == "recording";
        text.Sample({{"station", station.callsign}}, recording ? 1 : 0);
    }
    using Known = Vitals::Station;
    text.Counter("aircheck_station_recorded_bytes_total", "Sound that was recorded.");
    ForStations(services, [&](const Known& known, Labels labels) {
        text.Sample(labels, known.beat.bytes_total);
    });
    text.Counter("aircheck_station_recorded_frames_total", "Codec frames that were recorded.");
    ForStations(services, [&](const Known& known, Labels labels) {
        text.Sample(labels, known.beat.frames_total);
    });
    text.Counter("aircheck_station_connects_total", "Attempts to connect, cascades among them.");
    ForStations(services, [&](const Known& known, Labels labels) {
        text.Sample(labels, known.beat.connects);
    });
    text.Counter("aircheck_station_breaks_total",
                 "How often the last connection ended that recorded the station.");
    ForStations(services,
                [&](const Known& known, Labels labels) { text.Sample(labels, known.beat.breaks); });
    text.Gauge("aircheck_station_last_byte_age_seconds", "Since the last byte of the station.");
    const double now = time::ToUnixSeconds(services.clock.Now());
    ForStations(services, [&](const Known& known, Labels labels) {
        if (known.beat.last_recorded > 0)
            text.Sample(labels, std::max(0.0, now - known.beat.last_recorded));
    });
    text.Gauge("aircheck_station_bitrate_bytes_per_second", "As estimated.");
    ForStations(services, [&](const Known& known, Labels labels) {
        if (known.bitrate > 0) text.Sample(labels, known.bitrate * kBytesPerKilobit);
    });
    text.Gauge("aircheck_station_silent", "Whether nothing is heard in what is recorded.");
    ForStations(services, [&](const Known& known, Labels labels) {
        text.Sample(labels, known.silent_since ? 1 : 0);
    });
    text.Gauge("aircheck_station_disk_bytes", "What the station's recordings take.");
    for (const auto& station : services.config.stations)
        text.Sample({{"station", station.callsign}}, services.disk.UsedBy(station.callsign));
}

/// `value(day, labels)` of each station whose last day is known.
template <typename Value>
void ForDays(const Services& services, Value value) {
    if (services.last_day == nullptr) return;
    for (const auto& station : services.config.stations)
        if (const auto* day = services.last_day->Find(station.callsign))
            value(*day, std::string_view(station.callsign));
}

void AddLastDay(Exposition& text, const Services& services) {
    using Day = LastDay::Station;
    text.Gauge("aircheck_station_day_recorded_seconds", "Recorded of the last 24 hours.");
    ForDays(services, [&](const Day& day, std::string_view station) {
        text.Sample({{"station", station}}, Seconds(day.sums.recorded));
    });
    text.Gauge("aircheck_station_day_doubled_seconds", "Of that, by more than one take.");
    ForDays(services, [&](const Day& day, std::string_view station) {
        text.Sample({{"station", station}}, Seconds(day.sums.doubled));
    });
    text.Gauge("aircheck_station_day_missing_seconds", "Missing of the last 24 hours.");
    ForDays(services, [&](const Day& day, std::string_view station) {
        text.Sample({{"station", station}}, Seconds(day.sums.missing));
    });
    text.Gauge("aircheck_station_day_gaps", "Gaps in the last 24 hours.");
    ForDays(services, [&](const Day& day, std::string_view station) {
        text.Sample({{"station", station}}, std::uint64_t{day.holes});
    });
    text.Gauge(
        "aircheck_station_day_splices",
        "Takes that go on in others in the last 24 hours: exact by frames, butt by the clock.");
    ForDays(services, [&](const Day& day, std::string_view station) {
        text.Sample({{"station", station}, {"kind", "exact"}}, std::uint64_t{day.exact_splices});
        text.Sample({{"station", station}, {"kind", "butt"}}, std::uint64_t{day.butt_splices});
    });
}

/// `value(process, labels)` of each process that is there, or was until a moment ago.
template <typename Value>
void ForWorkers(const Services& services, Value value) {
    for (const auto& [name, process] : services.vitals.processes()) {
        if (services.clock.Steady() - process.heard > kForgotten) continue;
        value(process, Labels{{"worker", name}, {"role", process.beat.role}});
    }
}

void AddWorkers(Exposition& text, const Services& services) {
    using Process = Vitals::Process;
    text.Gauge("aircheck_worker_heartbeat_age_seconds", "Since the worker was heard of last.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, Seconds(services.clock.Steady() - process.heard));
    });
    text.Gauge("aircheck_worker_generation", "Generation of supervisors that it belongs to.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.generation);
    });
    text.Counter("aircheck_worker_restarts_total", "How often it was started anew.");
    for (const auto& [name, event] : services.vitals.workers())
        text.Sample({{"worker", name}, {"role", event.role}}, event.restarts);
    text.Gauge("aircheck_worker_uptime_seconds", "Since the process was started.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.uptime);
    });
    text.Gauge("aircheck_worker_resident_memory_bytes", "Resident memory.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.memory);
    });
    text.Gauge("aircheck_worker_threads", "Threads of the process.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.threads);
    });
    text.Gauge("aircheck_worker_connections", "Connections to stations, or from listeners.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.connections);
    });
    text.Counter("aircheck_worker_bytes_total", "Recorded by a downloader, sent by a web worker.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        text.Sample(labels, process.beat.bytes_total);
    });
    text.Counter("aircheck_worker_requests_total", "Requests that a web worker answered.");
    ForWorkers(services, [&](const Process& process, Labels labels) {
        if (process.beat.role == "webapi") text.Sample(labels, process.beat.hits);
    });
}

std::string_view PatternOf(const std::vector<Route>& routes, std::size_t row) {
    return row == 0 || row > routes.size() ? std::string_view("none") : routes[row - 1].pattern;
}

void AddRequests(Exposition& text, const RequestCounters& counters,
                 const std::vector<Route>& routes, std::string_view worker) {
    text.Counter("aircheck_http_requests_total", "Requests by path and class of status.");
    for (std::size_t row = 0; row < counters.rows().size(); ++row) {
        const auto& by_class = counters.rows()[row].by_class;
        for (std::size_t i = 0; i < by_class.size(); ++i) {
            if (by_class.at(i) == 0) continue;
            text.Sample({{"worker", worker},
                         {"route", PatternOf(routes, row)},
                         {"code", kClassNames.at(i)}},
                        by_class.at(i));
        }
    }
    text.Histogram("aircheck_http_request_duration_seconds",
                   "From a request to the beginning of its answer.");
    for (std::size_t row = 0; row < counters.rows().size(); ++row) {
        const RequestCounters::Route& counted = counters.rows()[row];
        const std::string_view route = PatternOf(routes, row);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < counted.buckets.size(); ++i) {
            below += counted.buckets.at(i);
            const std::string bound = i < RequestCounters::kBounds.size()
                                          ? fmt::format("{}", RequestCounters::kBounds.at(i))
                                          : "+Inf";
            text.Sample({{"worker", worker}, {"route", route}, {"le", bound}}, below, "_bucket");
        }
        text.Sample({{"worker", worker}, {"route", route}}, counted.seconds, "_sum");
        text.Sample({{"worker", worker}, {"route", route}}, below, "_count");
    }
}

void AddTraffic(Exposition& text, const Services& services, const std::vector<Route>& routes) {
    const Traffic traffic = services.traffic ? services.traffic() : Traffic{};
    if (traffic.stats == nullptr) return;
    const std::string_view worker = services.worker;
    text.Gauge("aircheck_http_connections", "Connections from clients.");
    text.Sample({{"worker", worker}}, traffic.connections);
    text.Gauge("aircheck_live_listeners", "Connections that hear the radio without an end.");
    text.Sample({{"worker", worker}}, traffic.listeners);
    text.Counter("aircheck_http_sent_bytes_total", "Sent to clients.");
    text.Sample({{"worker", worker}}, traffic.stats->bytes_sent);
    AddRequests(text, traffic.stats->requests, routes, worker);
}

void AddCloud(Exposition& text, const Services& services) {
    const CloudReader* cloud = services.source.cloud();
    if (cloud == nullptr) return;
    const CloudCounters& counters = cloud->counters();
    const std::string_view worker = services.worker;
    text.Counter("aircheck_cloud_fetched_bytes_total", "Sound that was read from the cloud.");
    text.Sample({{"worker", worker}}, counters.fetched_bytes);
    text.Counter(
        "aircheck_cloud_blocks_total",
        "Blocks of sound in the cloud that were asked for: hit if they were in the cache.");
    text.Sample({{"worker", worker}, {"result", "hit"}}, counters.hits);
    text.Sample({{"worker", worker}, {"result", "miss"}}, counters.misses);
    text.Counter("aircheck_cloud_read_errors_total",
                 "Reads that failed: down if the cloud was, lost if only the object was.");
    text.Sample({{"worker", worker}, {"kind", "down"}}, counters.errors);
    text.Sample({{"worker", worker}, {"kind", "lost"}}, counters.lost);
    text.Gauge("aircheck_cloud_readable", "Whether the last read from the cloud succeeded.");
    text.Sample({{"worker", worker}}, cloud->down() ? 0 : 1);
    text.Gauge("aircheck_cloud_cache_bytes", "What the cache took when it was looked at last.");
    text.Sample({{"worker", worker}}, cloud->cache_bytes());
}

}  // namespace

std::string MetricsText(const Services& services, const std::vector<Route>& routes) {
    Exposition text;
    AddInstance(text, services);
    AddStations(text, services);
    AddLastDay(text, services);
    AddWorkers(text, services);
    AddTraffic(text, services, routes);
    AddCloud(text, services);
    AddProcessMetrics(text, services.worker, services.clock.Now());
    return text.TakeText();
}

}  // namespace aircheck::webapi
