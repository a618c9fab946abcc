// SPDX-License-Identifier: MIT
#include "webapi/api.h"

#include <chrono>
#include <utility>

#include "common/storage/paths.h"
#include "webapi/events/events_body.h"
#include "webapi/http/json_text.h"
#include "webapi/looking/dashboard.h"
#include "webapi/looking/stats.h"
#include "webapi/page/page.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

Response TooManyResponse(std::chrono::seconds wait) {
    Response response = ErrorResponse(429, "You ask for that too often.",
                                      "Wait for a while; rate_limit in the configuration says how "
                                      "often is often.");
    response.Add("Retry-After", std::to_string(wait.count()));
    return response;
}

}  // namespace

Api::Api(Services services)
    : services_(std::move(services)),
      slices_(services_),
      live_(services_),
      feeds_(services_, slices_),
      authorization_(services_.config),
      operations_(services_, authorization_),
      backups_(services_, authorization_),
      titles_(services_),
      coverage_(services_),
      tape_(services_),
      events_(services_),
      heartbeats_(services_),
      limiter_(services_.clock, services_.config.rate_limit),
      router_(services_.config.stations, Routes()) {}

asio::awaitable<Response> Api::Dispatch(Request& request) {
    auto resolved = router_.Resolve(request);
    if (auto* refusal = std::get_if<Response>(&resolved)) co_return std::move(*refusal);
    const Route* route = std::get<const Route*>(resolved);
    if (route->details.costly && !request.from_loopback) {
        const std::chrono::seconds wait = limiter_.Take(request.peer);
        if (wait > std::chrono::seconds{0}) co_return TooManyResponse(wait);
    }
    try {
        co_return co_await route->handler(request);
    } catch (const CatalogUnavailable&) {
        // Of both, the log knows why.
        co_return UnavailableResponse();
    } catch (const CloudFailure&) {
        co_return CloudResponse();
    }
}

asio::awaitable<Response> Api::Stats(const Request& request) {
    const config::StationConfig* station = request.station;
    json::object fields = StatsFields(services_, station);
    const storage::Layout& layout = services_.reader.layout();
    std::string text;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        AddRecorded(fields, catalog, layout, station == nullptr ? "" : station->callsign);
        text = JsonText(fields);
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    co_return JsonResponse(std::move(text));
}

Response Api::Dashboard(const Request& request) const {
    const std::string base = BaseUrl(services_.config, request);
    const bool html = request.Accepts("text/html");
    const PageFile* page = FindPage();
    if (html && page != nullptr && !request.HasQuery("plain")) return PageResponse(request, *page);
    Response response;
    if (html) {
        const std::string nonce = storage::NewTakeId() + storage::NewTakeId();
        response = TextResponse(DashboardHtml(services_, base, nonce), "text/html; charset=utf-8");
        // Its players ask at the public address, wherever it was asked for itself.
        AddPagePolicy(response, "'nonce-" + nonce + "'", base == "/" ? "" : base);
    } else {
        response = TextResponse(DashboardText(services_, base));
    }
    response.Add("Vary", "Accept");
    response.Add("Cache-Control", "no-store");
    return response;
}

Response Api::Events(const Request& request) {
    const bool backstage = request.HasQuery("operator");
    if (backstage) {
        if (auto refusal = authorization_.Refusal(request)) return std::move(*refusal);
    }
    if (events_.full()) {
        Response response = ErrorResponse(503, "Too many are watching already.", "Try again soon.");
        response.Add("Retry-After", "10");
        return response;
    }
    Response response;
    response.Add("Content-Type", "text/event-stream");
    response.Add("Cache-Control", "no-store");
    response.Add("X-Accel-Buffering", "no");  // a proxy is to pass on each event as it comes
    if (request.method != "HEAD")
        response.body = std::make_unique<EventsBody>(
            events_, backstage ? Watcher::kOperator : Watcher::kAnybody);
    return response;
}

}  // namespace aircheck::webapi
