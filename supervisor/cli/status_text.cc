// SPDX-License-Identifier: MIT
#include "supervisor/cli/status_text.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <vector>

#include "common/log/log.h"
#include "common/util/text.h"
#include "common/util/units.h"

namespace aircheck::cli {
namespace {

// Beats come each second; without them for so long, what they said is no longer so.
constexpr double kStale = 5;

std::string Uptime(double seconds) {
    return util::FormatUptime(std::chrono::seconds{static_cast<long long>(seconds)});
}

// A process goes on ageing between its beats.
double UptimeNow(const proto::Heartbeat& beat, double now) {
    return beat.uptime + std::clamp(now - beat.time, 0.0, kStale);
}

double Age(double time, double now) {
    return std::max(now - time, 0.0);
}

std::string AgeOf(double time, double now) {
    return time > 0 ? FormatAge(Age(time, now)) : "-";
}

std::string WorkerLine(const std::string& name, const StatusModel::Worker& worker, double now) {
    const auto& beat = worker.beat;
    const bool known = beat.seq > 0;
    return fmt::format("{:<16} {:>8} {:<9} {:>12} {:>8} {:>9} {:>6}", name,
                       beat.pid > 0 ? std::to_string(beat.pid) : "-", worker.state,
                       known ? Uptime(UptimeNow(beat, now)) : "-", worker.restarts,
                       known ? util::FormatSize(beat.memory) : "-", AgeOf(beat.time, now));
}

std::string StationState(const StatusModel::Station& station, double now) {
    if (station.time == 0) return "-";
    return Age(station.time, now) > kStale ? "no beat" : station.beat.state;
}

double RateNow(const StatusModel::Station& station, double now) {
    return Age(station.time, now) > kStale ? 0 : station.rate;
}

// What is wrong with it, if anything is.
std::string Trouble(const StatusModel::Station& station, double now) {
    std::string text = util::CleanUtf8(station.beat.cause);
    if (!station.silent_since) return text;
    if (!text.empty()) text += ", ";
    return text + "silent for " + AgeOf(*station.silent_since, now);
}

std::string StationLine(const std::string& callsign, const StatusModel::Station& station,
                        double now) {
    const auto& beat = station.beat;
    return fmt::format("{:<14} {:<10} {:>9} {:>6} {:<8.8} {:>9} {:>6} {}", callsign,
                       StationState(station, now),
                       fmt::format("{:.1f} kB/s", RateNow(station, now) / 1000),
                       station.bitrate > 0 ? std::to_string(station.bitrate) : "-",
                       beat.take.empty() ? "-" : beat.take, util::FormatSize(beat.bytes_total),
                       AgeOf(beat.last_recorded, now), Trouble(station, now));
}

std::vector<const proto::MachineEvent*> Silent(const StatusModel& model) {
    std::vector<const proto::MachineEvent*> silent;
    for (const auto& [name, machine] : model.machines()) {
        if (machine.event == "silent") silent.push_back(&machine);
    }
    return silent;
}

// Thousands may be well: only those that are not have a line each.
void AddMachines(const StatusModel& model, double now, std::vector<std::string>& lines) {
    if (model.machines().empty()) return;
    const auto silent = Silent(model);
    lines.push_back("");
    lines.push_back(fmt::format("MACHINES  {} beating, {} silent",
                                model.machines().size() - silent.size(), silent.size()));
    for (const auto* machine : silent) {
        lines.push_back(fmt::format("{:<32} silent, {}", util::CleanUtf8(machine->machine),
                                    machine->heard > 0
                                        ? "last heard " + AgeOf(machine->heard, now) + " ago"
                                        : "never heard"));
    }
}

// Not within a character of several bytes.
std::string_view Cut(std::string_view line, std::size_t bytes) {
    if (line.size() <= bytes) return line;
    while (bytes > 0 && (static_cast<unsigned char>(line[bytes]) & 0xc0) == 0x80) --bytes;
    return line.substr(0, bytes);
}

std::string Join(const std::vector<std::string>& lines, std::size_t columns, std::size_t rows) {
    std::string text;
    const std::size_t count = rows > 0 ? std::min(lines.size(), rows) : lines.size();
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view line = lines[i];
        if (columns > 0) line = Cut(line, columns);
        while (line.ends_with(' ')) line.remove_suffix(1);
        text.append(line).append("\n");
    }
    return text;
}

}  // namespace

std::string FormatAge(double seconds) {
    if (seconds < 10) return fmt::format("{:.1f}s", seconds);
    if (seconds < 100) return fmt::format("{:.0f}s", seconds);
    if (seconds < 100 * 60) return fmt::format("{:.0f}m", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{:.0f}h", seconds / 3600);
    return fmt::format("{:.0f}d", seconds / 86400);
}

std::string StatusText(const StatusModel& model, const std::string& storage, double now,
                       std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines;
    const auto& own = model.supervisor();
    lines.push_back(fmt::format("aircheckd PID {}, up {}, {}, {}", own.pid,
                                Uptime(UptimeNow(own, now)), util::FormatSize(own.memory),
                                storage));
    lines.push_back("");
    lines.push_back(fmt::format("{:<16} {:>8} {:<9} {:>12} {:>8} {:>9} {:>6}", "WORKER", "PID",
                                "STATE", "UPTIME", "RESTARTS", "MEMORY", "BEAT"));
    for (const auto& [name, worker] : model.workers()) {
        lines.push_back(WorkerLine(name, worker, now));
    }
    lines.push_back("");
    lines.push_back(fmt::format("{:<14} {:<10} {:>9} {:>6} {:<8} {:>9} {:>6} {}", "STATION",
                                "STATE", "RATE", "KBIT/S", "TAKE", "RECORDED", "LAST", "CAUSE"));
    for (const auto& [callsign, station] : model.stations()) {
        lines.push_back(StationLine(callsign, station, now));
    }
    AddMachines(model, now, lines);
    return Join(lines, columns, rows);
}

std::string StatusJson(const StatusModel& model, const std::string& storage, double now) {
    namespace json = boost::json;
    json::array workers;
    for (const auto& [name, worker] : model.workers()) {
        const auto& beat = worker.beat;
        workers.push_back(
            {{"name", name},
             {"role", beat.role},
             {"state", worker.state},
             {"pid", beat.pid},
             {"uptime", beat.uptime},
             {"restarts", worker.restarts},
             {"memory", beat.memory},
             {"beat_age", beat.seq > 0 ? json::value(Age(beat.time, now)) : nullptr}});
    }
    json::array stations;
    for (const auto& [callsign, station] : model.stations()) {
        const auto& beat = station.beat;
        const bool has_sound = beat.last_recorded > 0;
        stations.push_back(
            {{"station", callsign},
             {"state", StationState(station, now)},
             {"cause", beat.cause},
             {"rate", RateNow(station, now)},
             {"bitrate", station.bitrate},
             {"take", beat.take},
             {"file", beat.file},
             {"bytes_total", beat.bytes_total},
             {"last_age", has_sound ? json::value(Age(beat.last_recorded, now)) : nullptr},
             {"silent_age",
              station.silent_since ? json::value(Age(*station.silent_since, now)) : nullptr}});
    }
    json::array machines;
    for (const auto& [name, machine] : model.machines()) {
        const bool is_silent = machine.event == "silent";
        const bool known = is_silent && machine.heard > 0;  // of one that beats it is not told
        machines.push_back({{"machine", name},
                            {"state", is_silent ? "silent" : "beating"},
                            {"last_age", known ? json::value(Age(machine.heard, now)) : nullptr}});
    }
    return json::serialize(json::object{{"storage", storage},
                                        {"pid", model.supervisor().pid},
                                        {"uptime", model.supervisor().uptime},
                                        {"memory", model.supervisor().memory},
                                        {"workers", std::move(workers)},
                                        {"stations", std::move(stations)},
                                        {"machines", std::move(machines)}});
}

}  // namespace aircheck::cli
