// SPDX-License-Identifier: MIT
#include "supervisor/cli/top_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <vector>

#include "common/log/log.h"
#include "common/util/text.h"
#include "common/util/units.h"
#include "supervisor/cli/status_text.h"
#include "supervisor/cli/text_width.h"

namespace aircheck::cli {
namespace {

constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// Sound comes in gulps: a second may well have more than its share.
constexpr double kHeadroom = 1.5;
constexpr double kBytesPerKilobit = 125;

/// Beats come each second; without them for so long, what they said is no longer so.
constexpr double kStale = 5;

struct Column {
    std::string_view title;
    std::size_t width;
    bool right = false;
};

constexpr auto kStationColumns = std::to_array<Column>({{"STATION", 16},
                                                        {"STATE", 10},
                                                        {"KBIT/S", 6, true},
                                                        {"LAST 30 SECONDS", TopModel::kSeconds},
                                                        {"BYTE", 5, true},
                                                        {"TAKE", 8},
                                                        {"LAST CAUSE", 40}});
constexpr auto kWorkerColumns = std::to_array<Column>({{"WORKER", 16},
                                                       {"STATE", 10},
                                                       {"PID", 8, true},
                                                       {"GEN", 4, true},
                                                       {"UPTIME", 12, true},
                                                       {"BEAT", 5, true},
                                                       {"RESTARTS", 8, true},
                                                       {"MEMORY", 9, true},
                                                       {"LAST CAUSE", 40}});

/// What other processes and stations say never reaches the terminal as it is. The last column may
/// be as long as the line.
template <std::size_t kCount>
std::string Row(const std::array<Column, kCount>& columns,
                const std::array<std::string, kCount>& cells) {
    std::string line;
    for (std::size_t i = 0; i < kCount; ++i) {
        const std::string cell = util::CleanUtf8(cells[i]);
        if (i > 0) line += "  ";
        if (i + 1 == kCount) {
            line += cell;
        } else if (columns[i].right && TextWidth(cell) < columns[i].width) {
            line += std::string(columns[i].width - TextWidth(cell), ' ') + cell;
        } else {
            line += FitWidth(cell, columns[i].width);
        }
    }
    return line;
}

template <std::size_t kCount>
std::string Titles(const std::array<Column, kCount>& columns) {
    std::array<std::string, kCount> titles;
    std::transform(columns.begin(), columns.end(), titles.begin(),
                   [](const Column& column) { return std::string(column.title); });
    return Row(columns, titles);
}

std::string AgeOf(double time, double now) {
    return time > 0 ? FormatAge(std::max(now - time, 0.0)) : "-";
}

std::string Uptime(const proto::Heartbeat& beat, double now) {
    const double seconds = beat.uptime + std::clamp(now - beat.time, 0.0, kStale);
    return util::FormatUptime(std::chrono::seconds{static_cast<long long>(seconds)});
}

std::string CauseText(const TopModel::Cause& cause, double now) {
    return cause.text.empty() ? "" : cause.text + ", " + AgeOf(cause.time, now) + " ago";
}

std::string StationRow(const TopModel& model, const std::string& callsign,
                       const StatusModel::Station& station, double now) {
    const bool is_stale = now - station.time > kStale;
    const auto rates = model.Rates(callsign);
    const double usual = station.bitrate > 0 ? station.bitrate * kBytesPerKilobit * kHeadroom : 0;
    const double full = std::max(usual, rates.empty() ? 0 : *std::ranges::max_element(rates));
    const auto& beat = station.beat;
    return Row(kStationColumns,
               {callsign,
                station.time == 0 ? "-"
                : is_stale        ? "no beat"
                                  : beat.state,
                station.bitrate > 0 ? std::to_string(station.bitrate) : "-",
                Sparkline(rates, full, TopModel::kSeconds), AgeOf(beat.last_recorded, now),
                beat.take.empty() ? "-" : beat.take.substr(0, 8),
                beat.cause.empty() ? CauseText(model.StationCause(callsign), now) : beat.cause});
}

std::string WorkerRow(const TopModel& model, const std::string& name,
                      const StatusModel::Worker& worker, double now) {
    const auto& beat = worker.beat;
    const bool known = beat.seq > 0;
    return Row(
        kWorkerColumns,
        {name, worker.state, beat.pid > 0 ? std::to_string(beat.pid) : "-",
         known ? std::to_string(beat.generation) : "-", known ? Uptime(beat, now) : "-",
         AgeOf(beat.time, now), std::to_string(worker.restarts),
         known ? util::FormatSize(beat.memory) : "-", CauseText(model.WorkerCause(name), now)});
}

std::string Head(const TopModel& model, const std::string& where, double now) {
    const auto& own = model.status().supervisor();
    return util::CleanUtf8(fmt::format(
        "aircheckd PID {}, generation {}, up {}, {}, beat {} ago, {} messages missed, {}", own.pid,
        own.generation, Uptime(own, now), util::FormatSize(own.memory), AgeOf(own.time, now),
        model.missed(), where));
}

}  // namespace

std::string Sparkline(const std::deque<double>& values, double full, std::size_t width) {
    const std::size_t count = std::min(values.size(), width);
    std::string line(width - count, ' ');
    for (std::size_t i = values.size() - count; i < values.size(); ++i) {
        const double top = static_cast<double>(kBars.size() - 1);
        const double share = full > 0 ? std::clamp(values[i] / full, 0.0, 1.0) : 0;
        line +=
            kBars[values[i] > 0 ? static_cast<std::size_t>(std::max(1.0, std::round(share * top)))
                                : 0];
    }
    return line;
}

std::string TopText(const TopModel& model, const std::string& where, double now,
                    std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines{Head(model, where, now), "", Titles(kStationColumns)};
    for (const auto& [callsign, station] : model.status().stations())
        lines.push_back(StationRow(model, callsign, station, now));
    lines.emplace_back();
    lines.push_back(Titles(kWorkerColumns));
    for (const auto& [name, worker] : model.status().workers())
        lines.push_back(WorkerRow(model, name, worker, now));
    if (rows > 0 && lines.size() > rows) lines.resize(rows);
    std::string text;
    for (const std::string& line : lines) {
        std::string_view shown = columns > 0 ? CutToWidth(line, columns) : line;
        while (shown.ends_with(' ')) shown.remove_suffix(1);
        text.append(shown).append("\n");
    }
    return text;
}

}  // namespace aircheck::cli
