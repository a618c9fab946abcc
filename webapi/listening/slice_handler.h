// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "webapi/http/http.h"
#include "webapi/listening/slice.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers requests for a slice: which one, from the path; whole, a range, or what is known of it.
class SliceHandler {
public:
    explicit SliceHandler(const Services& services) : services_(services) {}

    /// …/slices/{slice}[/{name}]
    boost::asio::awaitable<Response> ByName(const Request& request) const;

    /// …/at/{start}/{duration}
    boost::asio::awaitable<Response> BySpokenTime(const Request& request) const;

private:
    /// What a path asks for.
    struct Wanted {
        time::SysTime from;
        time::SysTime to;
        std::string download;  // offered as a file of this name; "" to be played
        bool fixed = false;    // the path means the same time for ever
    };

    boost::asio::awaitable<Response> Answer(const Request& request, Wanted wanted) const;
    Response Sound(const Request& request, const Wanted& wanted, Slice slice) const;
    Response Nothing(const Request& request, const Wanted& wanted,
                     const NothingRecorded& nothing) const;

    const Services& services_;
};

}  // namespace aircheck::webapi
