// SPDX-License-Identifier: MIT
#include "webapi/operating/operation_handler.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

#include "webapi/operating/supervisor_line.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

asio::awaitable<Response> OperationHandler::AskSupervisor(const Request& request,
                                                          std::string what) const {
    if (auto refusal = authorization_.Refusal(request)) co_return std::move(*refusal);
    if (services_.supervisor == nullptr || !services_.supervisor->connected()) {
        co_return ErrorResponse(503, "There is no supervisor that could do that.",
                                "Start aircheckd, which starts the web API itself.");
    }
    const std::optional<proto::Answer> answer = co_await services_.supervisor->Ask(std::move(what));
    if (!answer) {
        co_return ErrorResponse(504, "The supervisor does not answer.",
                                "Its log and aircheck status say how it does.");
    }
    json::object object{{"result", answer->accepted}, {"text", answer->text}};
    if (!answer->accepted) {
        object["error"] = answer->text;
        object["hint"] = "Nothing has changed. The log of the supervisor says more.";
    }
    if (!answer->running.empty()) object["running"] = answer->running;
    if (!answer->installed.empty()) object["installed"] = answer->installed;
    co_return JsonResponse(json::serialize(object), answer->accepted ? 202 : 409);
}

}  // namespace aircheck::webapi
