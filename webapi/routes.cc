// SPDX-License-Identifier: MIT
// The table of all paths: a new one is a line here.
#include "webapi/api.h"
#include "webapi/feeds/weekdays.h"
#include "webapi/http/json_text.h"
#include "webapi/looking/dashboard.h"
#include "webapi/looking/heartbeat.h"
#include "webapi/looking/openapi.h"
#include "webapi/looking/silent.h"
#include "webapi/metrics/exposition.h"
#include "webapi/metrics/metrics.h"
#include "webapi/page/page.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr const char* kRead = "GET, HEAD";
constexpr const char* kOperate = "GET, POST";

constexpr std::string_view kRobots = "User-agent: *\nDisallow: /\n";

constexpr RouteDetails kSlice{
    .media = "audio/*, application/json", .query = "info", .ranges = true, .costly = true};
constexpr RouteDetails kLive{.media = "audio/*", .query = "tz", .costly = true};
constexpr RouteDetails kText{.media = "text/plain"};
constexpr RouteDetails kFeed{
    .media = "application/rss+xml, audio/x-mpegurl, audio/x-scpls, text/html, audio/*",
    .costly = true};
constexpr RouteDetails kTitles{.query = "from, to, q, limit", .costly = true};

RouteDetails Coverage(std::string_view media) {
    return {.media = media, .query = "from, to", .costly = true};
}

RouteDetails For(RouteDetails details, std::string (*why_not)(const PathParams&)) {
    details.why_not = why_not;
    return details;
}

/// A handler of something that answers at once.
template <typename Function>
Handler Plain(Function function) {
    return [function](const Request& request) -> asio::awaitable<Response> {
        co_return function(request);
    };
}

}  // namespace

std::vector<Route> Api::Routes() {
    std::vector<Route> routes;
    const auto add = [&routes](std::string_view name, std::vector<Route> group) {
        for (Route& route : group) {
            route.details.group = name;
            routes.push_back(std::move(route));
        }
    };
    add("Listening", ListeningRoutes());
    add("Feeds", FeedRoutes());
    add("Looking", LookingRoutes());
    add("Knowing", KnowingRoutes());
    add("Operating", OperatingRoutes());
    return routes;
}

std::vector<Route> Api::ListeningRoutes() {
    const auto by_name = [this](const Request& request) { return slices_.ByName(request); };
    const auto by_time = [this](const Request& request) { return slices_.BySpokenTime(request); };
    const auto when = Plain([this](const Request& request) { return tape_.When(request); });
    const auto live = [this](const Request& request) { return live_.Live(request); };
    return {
        {kRead, "/{station}/slices/{slice}",
         "A slice of the recording, as {callsign}-{YYYYMMDDHHMM}_{minutes}.mp3. The callsign and\n"
         "the extension may be left out; seconds (YYYYMMDDHHMMSS) and durations such as 90s, 2hr\n"
         "and 1hr30 are understood. The sound as it was broadcast, never encoded again; where the\n"
         "station changed its codec, the one of most of the time, the rest is a gap. With ?info,\n"
         "or Accept: application/json: what is known of it instead of the sound.",
         by_name, kSlice},
        {kRead, "/{station}/slices/{slice}/{name}", "The same, offered for download as that name.",
         by_name, kSlice},
        {kRead, "/{station}/at/{start}/{duration}",
         "A slice by spoken time: at/monday_2pm/1hr, at/yesterday_14:30/45min,\n"
         "at/2026-11-20_20:30/1hr. A bare weekday or clock time is the latest one that has begun.",
         by_time, kSlice},
        {kRead, "/{station}/at/{start}",
         "What such a time means, and how many seconds ago that is.", when},
        {kRead, "/{station}/live/{start}",
         "Radio from then on, without an end: live/-5min, live/-90s, live/1pm, live/11:30am.\n"
         "The player gets 10 s ahead at once, then it goes on at broadcast speed; who falls a\n"
         "minute behind that is moved to a later point. Where the station goes over to another\n"
         "codec it ends; ask again for what follows. Players that send Icy-MetaData: 1 get titles\n"
         "(not of Ogg).",
         live, kLive},
        {kRead, "/{station}/live",
         "Radio as near to the present as can be; also live/now. With ?tz=Europe/Paris by the\n"
         "clocks there: as long ago as it takes for the station's 7 am to be heard at 7 am in\n"
         "Paris, less than a day. live/{start}?tz=… counts from then.",
         live, kLive},
    };
}

std::vector<Route> Api::FeedRoutes() {
    const auto by_weekday = [this](const Request& request) { return slices_.ByWeekday(request); };
    const auto by_show = [this](const Request& request) { return feeds_.ByShow(request); };
    const auto chapters = [this](const Request& request) { return feeds_.Chapters(request); };
    const auto icon = [this](const Request& request) { return icons_.Paint(request); };
    return {
        {kRead, "/{station}/{weekdays}/{start}/{duration}",
         "A slice by weekday, the most recent one: mon/2am/2hr, weekdays/7:30/30min.", by_weekday,
         For(kSlice, WhyNoWeekdays)},
        {kRead, "/{station}/{weekdays}/{start}/{duration}/{show}",
         "A show as a feed of all its recorded episodes, with two minutes more on each side:\n"
         "mon,wed/2pm/1hr/The_Show.xml is a podcast; .m3u and .pls are playlists, .html is a page\n"
         "and .mp3 the latest episode itself. Also mon-fri, daily, weekdays and weekend. A show\n"
         "begins by the station's clock, summer and winter, and may last over midnight. At most\n"
         "200 episodes, the latest first; those that are over, complete, and not about to be\n"
         "deleted: what an episode's address answers stays the same.",
         by_show, For(kFeed, WhyNoWeekdays)},
        {kRead, "/{station}/{weekdays}_{start}/{duration}/{show}",
         "The same: mon_2pm/1hr/The_Show.xml.", by_show, For(kFeed, WhyNoWeekdaysAndStart)},
        {kRead,
         "/{station}/chapters/{slice}",
         "The titles in a slice, as podcast players read them: {callsign}-{YYYYMMDDHHMM}_60.json.",
         chapters,
         {.media = "application/json+chapters", .costly = true}},
        {kRead,
         "/icon/{icon}",
         "A picture of a show or station: {text}_{pixels}.png, 16 to 3000 pixels wide and high.",
         icon,
         {.media = "image/png", .costly = true}},
    };
}

std::vector<Route> Api::LookingRoutes() {
    const auto stats = [this](const Request& request) { return Stats(request); };
    const auto heartbeat = Plain(
        [this](const Request& request) { return JsonResponse(heartbeats_.Get(request.station)); });
    const auto silent =
        Plain([this](const Request&) { return JsonResponse(JsonText(SilentFields(services_))); });
    const auto dashboard = Plain([this](const Request& request) { return Dashboard(request); });
    const auto events = Plain([this](const Request& request) { return Events(request); });
    const auto help = Plain([this](const Request&) { return TextResponse(router_.Help()); });
    const auto openapi = Plain([this](const Request& request) {
        return JsonResponse(
            JsonText(OpenApi(services_, router_.routes(), BaseUrl(services_.config, request))));
    });
    const auto uuid =
        Plain([this](const Request&) { return TextResponse(services_.instance_id + "\n"); });
    const auto robots = Plain([](const Request&) { return TextResponse(std::string(kRobots)); });
    return {
        {kRead,
         "/",
         "The page: the radio as a tape that can be wound back. With ?plain, for browsers without\n"
         "JavaScript, a list with players; for text clients a list of the stations and their "
         "health.",
         dashboard,
         {.media = "text/html, text/plain", .query = "plain"}},
        {kRead,
         "/assets/{asset}",
         "What the page consists of.",
         Plain(AssetResponse),
         {.media = "text/javascript, text/css, image/svg+xml, image/png, "
                   "application/manifest+json"}},
        {kRead,
         "/events",
         "What happens, as it happens, as server-sent events: first now, with the state of all;\n"
         "then beat, station, title, silence, segment, splice, worker, restart and machine, "
         "mostly\n"
         "as the tap has them (proto/README.md). Who is too slow is cut off, and is told all at\n"
         "the start when asking again. With ?operator, for whoever may operate, also log and\n"
         "keeping: the end of all logs, and what the pruner and the cloud do.",
         events,
         {.media = "text/event-stream", .query = "operator"}},
        {kRead, "/help", "This text.", help, kText},
        {kRead, "/openapi.json", "The same for programs: an OpenAPI 3.1 document.", openapi},
        {kRead,
         "/stats",
         "All that is known: the heartbeat's fields and every recorded stream.",
         stats,
         {.costly = true}},
        {kRead, "/{station}/stats", "The same of one station.", stats, {.costly = true}},
        {kRead, "/heartbeat",
         "The vitals only, cheap: for dashboards and alarms. The bitrate is the stations' sum.",
         heartbeat},
        {kRead, "/{station}/heartbeat",
         "The same with the station's own last-recorded, files, disk, bitrate and state.",
         heartbeat},
        {kRead, "/silent",
         "Other machines that have fallen silent, each with when it was last heard (Unix seconds;\n"
         "null: never). They send heartbeats, as aircheck beat does; needs machines: {} in the\n"
         "configuration.",
         silent},
        {kRead, "/uuid", "An id made anew at each start of this instance.", uuid, kText},
        {kRead, "/robots.txt", "Keeps crawlers away from audio.", robots, kText},
    };
}

std::vector<Route> Api::KnowingRoutes() {
    const auto titles = [this](const Request& request) { return titles_.Titles(request); };
    const auto json = [this](const Request& request) { return coverage_.Json(request); };
    const auto svg = [this](const Request& request) { return coverage_.Svg(request); };
    const auto text = [this](const Request& request) { return coverage_.Text(request); };
    const auto tape = [this](const Request& request) { return tape_.Draw(request); };
    const auto metrics = Plain([this](const Request&) {
        return TextResponse(MetricsText(services_, router_.routes()),
                            std::string(Exposition::kContentType));
    });
    return {
        {kRead, "/{station}/titles",
         "What was played when, the last one first: each with its time, its end (null: still on)\n"
         "and the address of its slice. ?from= and ?to= take spoken time and mean when a title\n"
         "began; ?q= looks for words, the last of which may be the beginning of one, without\n"
         "regard to case and accents; ?limit= is 50 unless said otherwise, up to 500. More is at\n"
         "the address in next, until that is null.",
         titles, kTitles},
        {kRead, "/titles",
         "The same of all stations; ?from= and ?to= are in this machine's time zone.", titles,
         kTitles},
        {kRead, "/{station}/coverage.txt",
         "What is recorded, doubled and missing, per day and half hour, and why: for a terminal.\n"
         "Of the last 14 days, or of ?from= and ?to=, a year at most.",
         text, Coverage("text/plain")},
        {kRead, "/{station}/coverage.svg", "The same as a picture.", svg,
         Coverage("image/svg+xml")},
        {kRead, "/{station}/coverage.json", "The same with all numbers, in seconds.", json,
         Coverage("application/json")},
        {kRead,
         "/{station}/tape.json",
         "The same for drawing it: where there is sound and where that is stored, where there is\n"
         "none and why, where there is more than one take of it, and where takes are joined; and\n"
         "how loud it is: of each step of its own from the beginning on, the loudest tenth of a\n"
         "second and the mean power, in dBFS (null: not known). Times are Unix seconds. Of the\n"
         "last 14 days, or of ?from= and ?to=; what is shorter than ?step= is not told apart, a\n"
         "thousandth of the time if it is not given.",
         tape,
         {.query = "from, to, step", .costly = true}},
        {kRead, "/metrics",
         "For Prometheus: stations, workers, disk, requests and listeners. What is of one web\n"
         "worker only has its name as a label.",
         metrics, kText},
    };
}

std::vector<Route> Api::OperatingRoutes() {
    const auto order = [this](const char* what) {
        return [this, what](const Request& request) { return operations_.Order(request, what); };
    };
    const auto errand = [this](const char* what) {
        return [this, what](const Request& request) { return operations_.Errand(request, what); };
    };
    const auto dolist = [this](const Request&) { return operations_.DoList(); };
    const auto db = [this](const Request& request) { return backups_.Db(request); };
    return {
        {kRead, "/dolist",
         "What is still to be done: what somebody has asked for, restarts that are planned, and\n"
         "when the next takes begin (Unix seconds) and when is pruned next (seconds until then).",
         dolist},
        {kOperate, "/restart",
         "Soft restart: new processes take over, and nothing is lost. Answers when it has begun.\n"
         "From this machine only, or with Authorization: Bearer TOKEN; so with what follows.",
         order("restart")},
        {kOperate, "/upgrade",
         "Soft restart onto the program files now installed, if their version is another one;\n"
         "answers both versions.",
         order("upgrade")},
        {kOperate, "/halt", "Stops everything in order: recordings are closed and registered.",
         order("halt")},
        {kOperate, "/prune", "Retention now. Answers when it is done, or that it takes longer.",
         errand("prune")},
        {kOperate, "/{station}/prune", "The same for one station's age and max_disk.",
         errand("prune")},
        {kOperate, "/reindex",
         "Makes the catalog know all recordings that are in the folders, while recording goes on.",
         errand("reindex")},
        {kOperate, "/{station}/reindex", "The same for one station.", errand("reindex")},
        {kOperate, "/rename",
         "Renames segments whose name disagrees with their time; answers the fraction renamed.",
         errand("rename")},
        {kOperate, "/{station}/rename", "The same for one station.", errand("rename")},
        {kOperate, "/db",
         "The catalog as gzip'ed SQL, as of one moment; kept under backups/ as well. To restore "
         "it:\n"
         "zcat catalog-….sql.gz | sqlite3 catalog.db",
         db},
    };
}

}  // namespace aircheck::webapi
