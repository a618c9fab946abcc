// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <vector>

#include "webapi/http.h"
#include "webapi/live_handler.h"
#include "webapi/operation_handler.h"
#include "webapi/router.h"
#include "webapi/services.h"
#include "webapi/slice_handler.h"

namespace aircheck::webapi {

/// All paths there are, and what answers them. Lives on the loop's thread.
class Api {
public:
    explicit Api(Services services);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    boost::asio::awaitable<Response> Dispatch(Request& request);

    const Router& router() const { return router_; }

private:
    /// The table. A new path is a line here.
    std::vector<Route> Routes();

    boost::asio::awaitable<Response> Stats(const Request& request);

    Services services_;
    SliceHandler slices_;
    LiveHandler live_;
    OperationHandler operations_;
    Router router_;
};

}  // namespace aircheck::webapi
