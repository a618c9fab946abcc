// SPDX-License-Identifier: MIT
#include "loudness/silence_watch.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>

#include "common/log/log.h"
#include "common/time/timestamp.h"

namespace aircheck::loudness {
namespace {

constexpr std::string_view kKey = "silent.";

/// Of what comes before the last `silence_after`, for the sake of sound that has just ended.
constexpr time::Micros kLookBack = std::chrono::minutes(1);

time::SysTime FromUnix(const std::string& text) {
    double seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return time::SysTime(time::Micros(std::llround(seconds * 1e6)));
}

}  // namespace

void SilenceWatch::Begin(catalog::Catalog& catalog) {
    detectors_.clear();
    std::map<std::string, time::SysTime, std::less<>> alarms;
    for (const auto& [key, value] : catalog.Values())
        if (key.starts_with(kKey)) alarms.emplace(key.substr(kKey.size()), FromUnix(value));
    for (const auto& station : config_.stations) {
        if (!station.silence_after) continue;
        const SilenceDetector::Limits limits{*station.silence_after,
                                             static_cast<double>(station.silence_below)};
        SilenceDetector& detector = detectors_.try_emplace(station.callsign, limits).first->second;
        time::SysTime from = clock_.Now() - *station.silence_after - kLookBack;
        if (const auto alarm = alarms.extract(station.callsign)) {
            detector.Resume(alarm.mapped());
            changes_.push_back({station.callsign, {true, alarm.mapped(), std::nullopt}});
            from = std::max(from, alarm.mapped());
        }
        Remember(catalog, station.callsign, from);
    }
    // Nobody asks for these any more.
    for (const auto& [station, since] : alarms)
        changes_.push_back({station, {false, since, clock_.Now()}});
}

/// What an earlier process has heard.
void SilenceWatch::Remember(const catalog::Catalog& catalog, const std::string& station,
                            time::SysTime from) {
    for (const auto& segment : catalog.SegmentsBetween(station, from, clock_.Now())) {
        const auto first = std::max<std::int64_t>(0, (from - segment.start) / kTenth);
        const auto count = (segment.end - segment.start) / kTenth + 1 - first;
        if (count <= 0) continue;
        Hear(station, segment.start + first * kTenth,
             catalog.Levels(segment.id, static_cast<std::size_t>(first),
                            static_cast<std::size_t>(count)));
    }
}

void SilenceWatch::Hear(const std::string& station, time::SysTime from,
                        std::span<const audio::Level> levels) {
    const auto detector = detectors_.find(station);
    if (detector == detectors_.end()) return;
    for (const auto& change : detector->second.Hear(from, levels))
        changes_.push_back({station, change});
}

std::vector<proto::SilenceEvent> SilenceWatch::Keep(catalog::Catalog& catalog) {
    for (const auto& [station, change] : changes_) {
        const std::string key = std::string(kKey) + station;
        if (change.silent)
            catalog.SetValue(key, fmt::format("{:.6f}", time::ToUnixSeconds(change.since)));
        else
            catalog.RemoveValue(key);
    }
    std::vector<proto::SilenceEvent> events;
    for (const auto& [station, change] : changes_) {
        proto::SilenceEvent& event = events.emplace_back();
        event.station = station;
        event.silent = change.silent;
        event.since = time::ToUnixSeconds(change.since);
        event.time = time::ToUnixSeconds(clock_.Now());
        if (change.until) {
            event.until = time::ToUnixSeconds(*change.until);
            log::info("{}: not silent any more, after {:.1f} s", station,
                      *event.until - event.since);
        } else {
            log::warn("{}: silent since {}", station, time::FormatIso(change.since));
        }
    }
    changes_.clear();
    return events;
}

}  // namespace aircheck::loudness
