// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>

#include "webapi/http/http.h"
#include "webapi/services.h"
#include "webapi/tape/tape.h"

namespace aircheck::webapi {

/// Answers what a station's time line looks like, as finely as can be drawn. Lives on the loop's
/// thread; look-ups run on the reader's, a day at a time.
class TapeHandler {
public:
    explicit TapeHandler(const Services& services) : services_(services) {}

    boost::asio::awaitable<Response> Draw(const Request& request) const;

    /// What a spoken time means.
    Response When(const Request& request) const;

private:
    boost::asio::awaitable<std::optional<Response>> Begin(const Request& request, Tape& tape) const;

    const Services& services_;
};

}  // namespace aircheck::webapi
