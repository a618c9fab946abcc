// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "webapi/http/http.h"
#include "webapi/operating/authorization.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers what operates the instance, for those who may: /restart and /upgrade, which are the
/// supervisor's to do.
class OperationHandler {
public:
    explicit OperationHandler(const Services& services)
        : services_(services), authorization_(services.config) {}

    /// `what`: of the words of proto::Request.
    boost::asio::awaitable<Response> AskSupervisor(const Request& request, std::string what) const;

private:
    const Services& services_;
    const Authorization authorization_;
};

}  // namespace aircheck::webapi
