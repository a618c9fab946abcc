// SPDX-License-Identifier: MIT
#include "webapi/looking/coverage_handler.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/coverage/json.h"
#include "common/coverage/text.h"
#include "webapi/http/json_text.h"
#include "webapi/looking/asked_span.h"
#include "webapi/looking/coverage_svg.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

Response AsJson(const coverage::Coverage& coverage) {
    return JsonResponse(JsonText(coverage::Json(coverage)));
}

Response AsSvg(const coverage::Coverage& coverage) {
    return TextResponse(CoverageSvg(coverage), "image/svg+xml; charset=utf-8");
}

Response AsText(const coverage::Coverage& coverage) {
    return TextResponse(coverage::Text(coverage));
}

}  // namespace

asio::awaitable<Response> CoverageHandler::Json(const Request& request) const {
    return Answer(request, AsJson);
}

asio::awaitable<Response> CoverageHandler::Svg(const Request& request) const {
    return Answer(request, AsSvg);
}

asio::awaitable<Response> CoverageHandler::Text(const Request& request) const {
    return Answer(request, AsText);
}

/// Plans what is asked for, or answers why not.
asio::awaitable<std::optional<Response>> CoverageHandler::Begin(
    const Request& request, std::optional<coverage::Coverage>& plan) const {
    const std::string& callsign = request.station->callsign;
    const time::Zone zone = ZoneOf(*request.station);
    const time::SysTime now = services_.clock.Now();
    bool known = false;
    coverage::Window window{};
    time::SysTime told_until = now;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        known = catalog != nullptr;
        if (!known) return;
        window = coverage::DefaultWindow(*catalog, callsign, zone, now);
        told_until = coverage::ToldUntil(*catalog, callsign, now);
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    const bool asked = request.HasQuery("from") || request.HasQuery("to");
    if (!known || (!asked && window.from >= window.to))
        co_return ErrorResponse(404, "Nothing is recorded of this station yet.",
                                "With ?from=today it says what was tried.");
    if (asked) {
        auto span = AskedSpan(request, zone, now, {window.from, now});
        if (auto* refusal = std::get_if<Response>(&span)) co_return std::move(*refusal);
        window = {std::get<TimeSpan>(span).from, std::get<TimeSpan>(span).to};
    }
    if (window.to - window.from > coverage::kLongest)
        co_return ErrorResponse(400, "That is too long: a year at most.", "Ask for less at once.");
    window.to = std::min(window.to, told_until);
    if (window.from >= window.to)
        co_return ErrorResponse(400, "Nothing of that time has been on the air yet.",
                                "Ask for something like ?from=yesterday&to=today.");
    plan = coverage::Plan(callsign, zone, window.from, window.to);
    co_return std::nullopt;
}

asio::awaitable<Response> CoverageHandler::Answer(const Request& request, Format format) const {
    std::optional<coverage::Coverage> plan;
    std::optional<Response> refusal = co_await Begin(request, plan);
    if (refusal) co_return std::move(*refusal);
    bool gone = false;
    const Places places = services_.source.places();
    for (std::size_t day = 0; day < plan->days.size() && !gone; ++day) {
        const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
            gone = catalog == nullptr;
            if (!gone) coverage::Survey(*catalog, *plan, day, places.loss_of);
        };
        const bool ran = co_await services_.reader.Run(job);
        if (!ran) co_return BusyResponse();
    }
    if (gone) co_return UnavailableResponse();
    Response response = format(*plan);
    response.Add("Cache-Control", "no-cache");
    co_return response;
}

}  // namespace aircheck::webapi
