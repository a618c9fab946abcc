// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include "webapi/http/http.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers …/live and …/live/{start}: radio from then on, without an end.
class LiveHandler {
public:
    explicit LiveHandler(const Services& services) : services_(services) {}

    boost::asio::awaitable<Response> Live(const Request& request) const;

private:
    const Services& services_;
};

}  // namespace aircheck::webapi
