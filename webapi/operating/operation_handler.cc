// SPDX-License-Identifier: MIT
#include "webapi/operating/operation_handler.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

#include "webapi/http/json_text.h"
#include "webapi/operating/supervisor_line.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

json::object Refused(const proto::Answer& answer) {
    return {{"result", false},
            {"error", answer.text},
            {"hint", "Nothing has changed. The log of the supervisor says more."}};
}

Response NoAnswer() {
    return ErrorResponse(504, "The supervisor does not answer.",
                         "Its log and aircheck status say how it does.");
}

json::value TimeOrNull(double unix_seconds) {
    return unix_seconds > 0 ? json::value(unix_seconds) : json::value();
}

json::object Describe(const proto::Task& task) {
    return {{"what", task.what},
            {"subject", task.subject},
            {"since", TimeOrNull(task.since)},
            {"at", TimeOrNull(task.at)}};
}

}  // namespace

std::optional<Response> OperationHandler::NobodyThere() const {
    if (services_.supervisor != nullptr && services_.supervisor->connected()) return std::nullopt;
    return ErrorResponse(503, "There is no supervisor that could do that.",
                         "Start aircheckd, which starts the web API itself.");
}

std::optional<Response> OperationHandler::Refusal(const Request& request) const {
    if (auto refusal = authorization_.Refusal(request)) return refusal;
    return NobodyThere();
}

asio::awaitable<Response> OperationHandler::Order(const Request& request, std::string what) const {
    if (auto refusal = Refusal(request)) co_return std::move(*refusal);
    const auto answer = co_await services_.supervisor->Ask(std::move(what), {});
    if (!answer) co_return NoAnswer();
    json::object object = answer->accepted ? json::object{{"result", true}, {"text", answer->text}}
                                           : Refused(*answer);
    if (!answer->running.empty()) object["running"] = answer->running;
    if (!answer->installed.empty()) object["installed"] = answer->installed;
    co_return JsonResponse(json::serialize(object), answer->accepted ? 202 : 409);
}

asio::awaitable<Response> OperationHandler::Errand(const Request& request, std::string what) const {
    if (auto refusal = Refusal(request)) co_return std::move(*refusal);
    const std::string station = request.station == nullptr ? "" : request.station->callsign;
    const auto answer = co_await services_.supervisor->Ask(std::move(what), station);
    if (!answer) {
        const json::object going{{"result", true},
                                 {"text", "It takes longer. /dolist has it until it is done."}};
        co_return JsonResponse(json::serialize(going), 202);
    }
    if (!answer->accepted) co_return JsonResponse(json::serialize(Refused(*answer)), 409);
    json::object object{{"result", true}, {"text", answer->text}};
    if (answer->fraction) object["fraction"] = *answer->fraction;
    co_return JsonResponse(json::serialize(object));
}

asio::awaitable<Response> OperationHandler::DoList() const {
    if (auto refusal = NobodyThere()) co_return std::move(*refusal);
    const auto answer = co_await services_.supervisor->Ask("dolist", {});
    if (!answer) co_return NoAnswer();
    if (!answer->accepted) co_return JsonResponse(json::serialize(Refused(*answer)), 409);
    json::array tasks;
    for (const proto::Task& task : answer->tasks) tasks.push_back(Describe(task));
    json::object cascades;
    for (const config::StationConfig& station : services_.config.stations) {
        const Vitals::Station* known = services_.vitals.FindStation(station.callsign);
        const auto next = known != nullptr ? known->beat.next_cascade : std::nullopt;
        cascades[station.callsign] = TimeOrNull(next.value_or(0));
    }
    const auto next_prune = services_.vitals.NextPrune();
    const json::object object{
        {"tasks", std::move(tasks)},
        {"next-cascade", std::move(cascades)},
        {"next-prune", next_prune ? json::value(*next_prune) : json::value()}};
    co_return JsonResponse(JsonText(object));
}

}  // namespace aircheck::webapi
