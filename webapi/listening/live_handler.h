// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <variant>

#include "common/time/clock.h"
#include "webapi/http/http.h"
#include "webapi/listening/live_follower.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers …/live and …/live/{start}: radio from then on, without an end.
class LiveHandler {
public:
    explicit LiveHandler(const Services& services) : services_(services) {}

    boost::asio::awaitable<Response> Live(const Request& request) const;

private:
    /// Where to begin: nullopt as near to the present as can be; or what is wrong with that.
    std::variant<std::optional<time::SysTime>, Response> StartOf(const Request& request,
                                                                 time::SysTime now) const;
    Response Play(const Request& request, LiveStep first) const;

    const Services& services_;
};

}  // namespace aircheck::webapi
