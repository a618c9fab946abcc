// SPDX-License-Identifier: MIT
#include "webapi/looking/dashboard.h"

#include <algorithm>
#include <chrono>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/units.h"
#include "webapi/http/escape_html.h"
#include "webapi/listening/slice_name.h"

namespace aircheck::webapi {

namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Aircheck</title>
)";

constexpr std::string_view kStyle = R"(
:root { --back: #f6f6f3; --card: #fff; --text: #1d2129; --soft: #667; --line: #dde; --link: #0a58ca;
        --good: #1a7f37; --bad: #b35900; }
@media (prefers-color-scheme: dark) {
:root { --back: #15171c; --card: #1e2129; --text: #e6e8ee; --soft: #9aa3b2; --line: #323743;
        --link: #7fb0ff; --good: #4cc26b; --bad: #ffb454; } }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--back);
       color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; }
p, dl { margin: .3rem 0; }
a { color: var(--link); }
.soft { color: var(--soft); }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr));
       margin: 1.2rem 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
          padding: 1rem; }
h2 { font-size: 1.15rem; margin: 0; }
.recording { color: var(--good); }
.connecting, .waiting, .unknown { color: var(--bad); }
audio { width: 100%; margin-top: .2rem; }
)";

/// How long ago it was, for people; "never" for 0.
std::string Ago(const Services& services, double unix_seconds) {
    if (unix_seconds <= 0) return "never";
    const double seconds = time::ToUnixSeconds(services.clock.Now()) - unix_seconds;
    if (seconds < 60) return fmt::format("{:.0f} s ago", std::max(0.0, seconds));
    if (seconds < 7200) return fmt::format("{:.0f} min ago", seconds / 60);
    return fmt::format("{:.0f} h ago", seconds / 3600);
}

std::string LastMinutes(const Services& services, const config::StationConfig& station,
                        std::chrono::minutes length) {
    // A minute is in the catalog some seconds after it has passed.
    constexpr std::chrono::seconds settled{10};
    const time::SysTime end =
        std::chrono::floor<std::chrono::minutes>(services.clock.Now() - settled);
    return FormatSliceName(station.callsign, ZoneOf(station), end - length, end, "mp3");
}

struct Health {
    std::string state;
    int bitrate = 0;
    double last_recorded = 0;
    std::string cause;
};

Health HealthOf(const Services& services, const std::string& callsign) {
    const Vitals::Station* known = services.vitals.FindStation(callsign);
    Health health{services.vitals.StateOf(callsign), 0, 0, ""};
    if (known != nullptr) {
        health = {health.state, known->bitrate, known->beat.last_recorded, known->beat.cause};
    }
    return health;
}

/// Nothing before it is known.
std::string BitrateText(const Health& health) {
    return health.bitrate > 0 ? fmt::format("{} kbit/s", health.bitrate) : "";
}

std::string StationHtml(const Services& services, const config::StationConfig& station,
                        const std::string& base) {
    const Health health = HealthOf(services, station.callsign);
    const std::string root = EscapeHtml(base + station.callsign);
    std::string html = fmt::format(
        "<section>\n<h2>{}</h2>\n<p><span class=\"{}\">&#9679; {}</span>"
        " <span class=\"soft\">{}last byte {}</span></p>\n",
        EscapeHtml(station.name), EscapeHtml(health.state), EscapeHtml(health.state),
        health.bitrate > 0 ? BitrateText(health) + ", " : "", Ago(services, health.last_recorded));
    if (!health.cause.empty()) {
        html += fmt::format("<p class=\"soft\">{}</p>\n", EscapeHtml(health.cause));
    }
    html += fmt::format(
        "<p>Live, one minute behind</p>\n"
        "<audio controls preload=\"none\" src=\"{}/live/-1min\"></audio>\n",
        root);
    for (int minutes : {1, 10}) {
        html += fmt::format(
            "<p>The last complete {}</p>\n"
            "<audio controls preload=\"none\" src=\"{}/slices/{}\"></audio>\n",
            minutes == 1 ? "minute" : fmt::format("{} minutes", minutes), root,
            LastMinutes(services, station, std::chrono::minutes{minutes}));
    }
    html += fmt::format(
        "<p><a href=\"{0}/live/-5min\">live/-5min</a> &middot; "
        "<a href=\"{0}/at/-1h/30min\">at/-1h/30min</a> &middot; "
        "<a href=\"{0}/heartbeat\">heartbeat</a> &middot; <a href=\"{0}/stats\">stats</a></p>\n"
        "</section>\n",
        root);
    return html;
}

}  // namespace

std::string DashboardHtml(const Services& services, const std::string& base_url,
                          const std::string& nonce) {
    std::string html(kHead);
    html += fmt::format("<style nonce=\"{}\">{}</style>\n</head>\n<body>\n<h1>Aircheck</h1>\n",
                        nonce, kStyle);
    const std::string base = EscapeHtml(base_url);
    html += fmt::format("<p class=\"soft\">{} &middot; stations: {} &middot; {} kept</p>\n<main>\n",
                        time::FormatIso(services.clock.Now()), services.config.stations.size(),
                        util::FormatSize(services.disk.used()));
    for (const auto& station : services.config.stations) {
        html += StationHtml(services, station, base_url);
    }
    html += fmt::format(
        "</main>\n<p class=\"soft\"><a href=\"{0}help\">help</a> &middot; "
        "<a href=\"{0}heartbeat\">heartbeat</a> &middot; <a href=\"{0}stats\">stats</a> &middot; "
        "version {1}</p>\n</body>\n</html>\n",
        base, AIRCHECK_VERSION);
    return html;
}

std::string DashboardText(const Services& services, const std::string& base_url) {
    std::string text =
        fmt::format("Aircheck {}, {}\n\n", AIRCHECK_VERSION, time::FormatIso(services.clock.Now()));
    for (const auto& station : services.config.stations) {
        const Health health = HealthOf(services, station.callsign);
        text += fmt::format("{:<16} {:<12} {:>11}  last byte {:<12} {}{}/live/-1min\n",
                            station.callsign, health.state, BitrateText(health),
                            Ago(services, health.last_recorded), base_url, station.callsign);
    }
    text += fmt::format("\nAll paths: {}help\n", base_url);
    return text;
}

}  // namespace aircheck::webapi
