// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>

#include "common/coverage/coverage.h"
#include "webapi/http/http.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers what is recorded of a station and what is missing. Lives on the loop's thread; look-ups
/// run on the reader's, a day at a time.
class CoverageHandler {
public:
    explicit CoverageHandler(const Services& services) : services_(services) {}

    boost::asio::awaitable<Response> Json(const Request& request) const;
    boost::asio::awaitable<Response> Svg(const Request& request) const;
    boost::asio::awaitable<Response> Text(const Request& request) const;

private:
    using Format = Response (*)(const coverage::Coverage&);

    boost::asio::awaitable<Response> Answer(const Request& request, Format format) const;
    boost::asio::awaitable<std::optional<Response>> Begin(
        const Request& request, std::optional<coverage::Coverage>& plan) const;

    const Services& services_;
};

}  // namespace aircheck::webapi
