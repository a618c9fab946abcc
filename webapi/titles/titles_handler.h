// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include "webapi/http/http.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers what was played when. Lives on the loop's thread; look-ups run on the reader's.
class TitlesHandler {
public:
    explicit TitlesHandler(const Services& services) : services_(services) {}

    /// Of the request's station, or of all: `?from=&to=&q=&limit=`, in pages.
    boost::asio::awaitable<Response> Titles(const Request& request) const;

private:
    const Services& services_;
};

}  // namespace aircheck::webapi
