// SPDX-License-Identifier: MIT
#include "webapi/looking/parameters.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

#include "common/log/log.h"
#include "common/time/zone.h"
#include "webapi/listening/slice_name.h"
#include "webapi/page/page.h"

namespace aircheck::webapi {

namespace {

constexpr Parameter kParameters[] = {
    {"station", "A callsign of the configuration.", ""},
    {"slice",
     "A time and a length, as {callsign}-{YYYYMMDDHHMM}_{minutes}.mp3, in the station's time zone.",
     ""},
    {"name", "What the file is to be called; it gets the extension that fits.", "show.mp3"},
    {"start",
     "A time as it is spoken, in the station's time zone: monday_2pm, yesterday_14:30, 3_days_ago, "
     "-90s, 2026-11-20_20:30. With a Z at its end, or as Unix seconds, it is UTC.",
     "-1min"},
    {"duration", "A length: 90 (minutes), 90s, 45min, 1hr, 1.5hr, 1hr30.", "1min"},
    {"weekdays",
     "One day of the week or more, short or long: mon, sat,sun, mon-fri, daily, weekdays, weekend.",
     "mon"},
    {"show", "The name of a show and the form of the answer; _ stands for a space.",
     "Morning_Show.xml"},
    {"icon", "What is to be read in the picture, with _ for a space, and its pixels: text_600.png.",
     "Morning_Show_600.png"},
    {"info", "Answers what is known of the slice, as JSON, instead of its sound.", ""},
    {"tz", "An IANA time zone, in place of the station's.", "Europe/Paris"},
    {"from", "From when on; as {start}.", "-1hr"},
    {"to", "Until when; as {start}.", "now"},
    {"q", "Words to search for.", "love"},
    {"limit", "How many at most.", "50"},
    {"step", "What is shorter than this need not be told apart; as {duration}.", "10s"},
    {"asset", "The name of a file of the page.", ""},
    {"plain", "Answers a browser without JavaScript: a list with players.", ""},
    {"operator", "Tells the end of all logs, too, and what the pruner and the cloud do.", ""},
};

constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr std::string_view kWeekdays = "{weekdays}";
constexpr std::string_view kChapters = "/chapters/";

/// Names of files of the page change with what is in them.
std::string AnyAsset() {
    for (const PageFile& file : PageFiles())
        if (file.name.ends_with(".js")) return std::string(file.name);
    return {};
}

}  // namespace

Parameter FindParameter(std::string_view name) {
    const auto* found = std::ranges::find(kParameters, name, &Parameter::name);
    return found == std::end(kParameters) ? Parameter{name, "", ""} : *found;
}

bool IsSpecial(std::string_view pattern) {
    return pattern.find(kWeekdays) != std::string_view::npos ||
           pattern.find(kChapters) != std::string_view::npos;
}

std::string ExampleHere(std::string_view name, std::string_view pattern, const Services& services) {
    if (name == "asset") return AnyAsset();
    if (services.config.stations.empty()) return {};
    const config::StationConfig& station = services.config.stations.front();
    const time::SysTime end = std::chrono::floor<std::chrono::minutes>(services.clock.Now());
    const time::SysTime start = end - std::chrono::minutes{1};
    if (name == "station") return station.callsign;
    if (name == "slice") {
        const bool chapters = pattern.find(kChapters) != std::string_view::npos;
        return FormatSliceName(station.callsign, ZoneOf(station), start, end,
                               chapters ? "json" : "mp3");
    }
    if (pattern.find(kWeekdays) == std::string_view::npos) return {};
    const time::LocalTime local = ZoneOf(station).ToLocal(start);
    if (name == "weekdays") return std::string(kDays[local.weekday]);
    const std::chrono::hh_mm_ss clock(local.time_of_day);
    return name == "start"
               ? fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count())
               : "";
}

}  // namespace aircheck::webapi
