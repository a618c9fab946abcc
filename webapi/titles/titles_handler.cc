// SPDX-License-Identifier: MIT
#include "webapi/titles/titles_handler.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "common/catalog/title_match.h"
#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/percent.h"
#include "common/util/text.h"
#include "webapi/http/json_text.h"
#include "webapi/listening/slice_name.h"
#include "webapi/looking/asked_span.h"
#include "webapi/titles/played.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr long long kDefaultLimit = 50;
constexpr long long kMaxLimit = 500;

/// "1795206600000000-17", as `next` has it.
std::optional<catalog::TitlePlace> ParsePlace(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto at = util::ParseInteger(text.substr(0, dash));
    const auto id = util::ParseInteger(text.substr(dash + 1));
    if (!at || !id) return std::nullopt;
    return catalog::TitlePlace{time::SysTime(time::Micros(*at)), *id};
}

std::string FormatPlace(const catalog::TitlePlace& place) {
    return fmt::format("{}-{}", place.at.time_since_epoch().count(), place.id);
}

/// The zone in which `?from=` and `?to=` are meant.
time::Zone ZoneFor(const Services& services, const Request& request) {
    if (request.station != nullptr) return ZoneOf(*request.station);
    return services.config.stations.size() == 1 ? ZoneOf(services.config.stations.front())
                                                : time::Zone::Local();
}

std::variant<TitleQuery, Response> ReadQuery(const Services& services, const Request& request) {
    const time::SysTime now = services.clock.Now();
    auto span = AskedSpan(request, ZoneFor(services, request), now,
                          {time::SysTime{}, now + std::chrono::seconds(1)});
    if (auto* refusal = std::get_if<Response>(&span)) return std::move(*refusal);
    TitleQuery query;
    query.from = std::get<TimeSpan>(span).from;
    query.to = std::get<TimeSpan>(span).to;
    if (request.station != nullptr) {
        query.stations.insert(request.station->callsign);
        query.by_station = true;
    } else {
        for (const auto& station : services.config.stations)
            query.stations.insert(station.callsign);
    }
    if (const auto words = QueryValue(request, "q"); !words.empty()) {
        query.match = catalog::TitleMatch(words, query.by_station ? *query.stations.begin() : "");
        if (query.match.empty())
            return ErrorResponse(400, "There is no word in q to look for.", "Ask like ?q=bach.");
    }
    query.limit = kDefaultLimit;
    if (const auto text = QueryValue(request, "limit"); !text.empty()) {
        const auto limit = util::ParseInteger(text);
        if (!limit || *limit < 1 || *limit > kMaxLimit)
            return ErrorResponse(400, fmt::format("limit is a number from 1 to {}.", kMaxLimit),
                                 "Further pages are at the address in next.");
        query.limit = static_cast<std::size_t>(*limit);
    }
    if (const auto text = QueryValue(request, "before"); !text.empty()) {
        query.before = ParsePlace(text);
        if (!query.before)
            return ErrorResponse(400, "before is no place in the list.",
                                 "Take the whole address in next as it is.");
    }
    return query;
}

/// The same question, about what is before that place.
std::string NextAddress(const std::string& base, const Request& request, const TitleQuery& query,
                        const catalog::TitlePlace& place) {
    std::string address = base;
    if (request.station != nullptr) address += request.station->callsign + "/";
    address += fmt::format("titles?to={}&limit={}", time::FormatBasic(query.to), query.limit);
    if (query.from > time::SysTime{}) address += "&from=" + time::FormatBasic(query.from);
    if (const auto words = QueryValue(request, "q"); !words.empty())
        address += "&q=" + util::PercentEncode(words);
    return address + "&before=" + FormatPlace(place);
}

json::object Describe(const Services& services, const std::string& base, const Played& played) {
    const catalog::Title& title = played.title;
    json::object entry{{"station", title.station},
                       {"time", time::FormatIso(title.at)},
                       {"end", nullptr},
                       {"title", title.title},
                       {"url", nullptr}};
    if (played.end) entry["end"] = time::FormatIso(*played.end);
    if (!title.url.empty()) entry["link"] = title.url;
    const auto station = std::ranges::find(services.config.stations, title.station,
                                           &config::StationConfig::callsign);
    if (!played.codec || station == services.config.stations.end()) return entry;
    const std::string name =
        FormatSliceName(title.station, ZoneOf(*station), title.at,
                        std::max(played.heard_to, title.at + std::chrono::seconds(1)),
                        audio::Extension(*played.codec));
    entry["url"] = fmt::format("{}{}/slices/{}", base, title.station, name);
    return entry;
}

}  // namespace

asio::awaitable<Response> TitlesHandler::Titles(const Request& request) const {
    auto read = ReadQuery(services_, request);
    if (auto* refusal = std::get_if<Response>(&read)) co_return std::move(*refusal);
    const TitleQuery& query = std::get<TitleQuery>(read);
    const time::SysTime now = services_.clock.Now();
    TitlePage page;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog != nullptr) page = FindTitles(*catalog, query, now);
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    const std::string base = BaseUrl(services_.config, request);
    json::array titles;
    for (const Played& played : page.titles) titles.push_back(Describe(services_, base, played));
    json::object answer{{"titles", std::move(titles)}, {"next", nullptr}};
    std::string next;
    if (page.next) next = NextAddress(base, request, query, *page.next);
    if (!next.empty()) answer["next"] = next;
    Response response = JsonResponse(JsonText(answer));
    if (!next.empty()) response.Add("Link", "<" + next + ">; rel=\"next\"");
    response.Add("Cache-Control", "no-cache");
    co_return response;
}

}  // namespace aircheck::webapi
