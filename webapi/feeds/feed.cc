// SPDX-License-Identifier: MIT
#include "webapi/feeds/feed.h"

#include <chrono>

#include "common/log/log.h"
#include "webapi/http/target.h"

namespace aircheck::webapi {

namespace {

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

/// "Friday 20 November 2026"
std::string Date(const time::LocalTime& local) {
    return fmt::format("{} {} {} {}", WeekdayName(local.weekday), local.day,
                       kMonths[local.month - 1], local.year);
}

}  // namespace

std::string Feed::Url(std::string_view extension) const {
    return fmt::format("{}{}.{}", base, path, extension);
}

std::string Feed::EpisodeUrl(const Episode& episode) const {
    return fmt::format("{}{}/slices/{}", base, station.callsign,
                       episode.SliceName(station.callsign, audio::Extension(episode.codec)));
}

std::string Feed::ChaptersUrl(const Episode& episode) const {
    return fmt::format("{}{}/chapters/{}", base, station.callsign,
                       episode.SliceName(station.callsign, "json"));
}

std::string Feed::IconUrl(int pixels) const {
    return fmt::format("{}icon/{}_{}.png", base, EncodeSegment(show.name), pixels);
}

std::string Feed::EpisodeTitle(const Episode& episode) const {
    return fmt::format("{}, {}", show.name, Date(show.zone.ToLocal(episode.airing.from)));
}

std::string Feed::EpisodeText(const Episode& episode) const {
    const time::LocalTime local = show.zone.ToLocal(episode.airing.from);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(local.time_of_day));
    std::string text =
        fmt::format("On the air on {} at {:02}:{:02} ({}).", Date(local), clock.hours().count(),
                    clock.minutes().count(), show.zone.Abbreviation(episode.airing.from));
    const auto missing = std::chrono::ceil<std::chrono::seconds>(episode.missing).count();
    if (missing > 0) text += fmt::format(" {} s of it are missing.", missing);
    return text;
}

std::string Feed::Text() const {
    return fmt::format("{}, on {}, as it was broadcast.", show.Times(), station.name);
}

}  // namespace aircheck::webapi
