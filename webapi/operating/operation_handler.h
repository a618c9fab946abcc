// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

#include "webapi/http/http.h"
#include "webapi/operating/authorization.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers what the supervisor and the pruner do for those who may ask for it. `what` is of the
/// words of proto::Request.
class OperationHandler {
public:
    OperationHandler(const Services& services, const Authorization& authorization)
        : services_(services), authorization_(authorization) {}

    /// The supervisor says at once whether it does it.
    boost::asio::awaitable<Response> Order(const Request& request, std::string what) const;

    /// The answer comes when it is done; if that takes long, it goes on without us.
    boost::asio::awaitable<Response> Errand(const Request& request, std::string what) const;

    /// What is still to be done, for everybody to see.
    boost::asio::awaitable<Response> DoList() const;

private:
    std::optional<Response> Refusal(const Request& request) const;
    std::optional<Response> NobodyThere() const;

    const Services& services_;
    const Authorization& authorization_;
};

}  // namespace aircheck::webapi
