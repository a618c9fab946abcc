// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <variant>

#include "webapi/http/http.h"
#include "webapi/listening/slice.h"
#include "webapi/services.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

struct TimeSpan {
    time::SysTime from;
    time::SysTime to;
};

/// The span that the name of a slice means at the station; else the answer: 400.
std::variant<TimeSpan, Response> ParseSliceSpan(std::string_view text,
                                                const config::StationConfig& station);

Response SpokenErrorResponse(const SpokenError& error);

/// Answers requests for a slice: which one, from the path; whole, a range, or what is known of it.
class SliceHandler {
public:
    explicit SliceHandler(const Services& services) : services_(services) {}

    /// …/slices/{slice}[/{name}]
    boost::asio::awaitable<Response> ByName(const Request& request) const;

    /// …/at/{start}/{duration}
    boost::asio::awaitable<Response> BySpokenTime(const Request& request) const;

    /// …/{weekdays}/{start}/{duration}: of these days the latest.
    boost::asio::awaitable<Response> ByWeekday(const Request& request) const;

    /// The sound of a span that the path means only now.
    boost::asio::awaitable<Response> Present(const Request& request, TimeSpan span) const;

private:
    /// What a path asks for.
    struct Wanted {
        TimeSpan span;
        std::string download;  // offered as a file of this name; "" to be played
        bool fixed = false;    // the path means the same time for ever
    };

    boost::asio::awaitable<Response> Answer(const Request& request, Wanted wanted) const;
    boost::asio::awaitable<Response> Try(const Request& request, const Wanted& wanted) const;
    boost::asio::awaitable<NothingRecorded> Nearest(const Request& request,
                                                    const Wanted& wanted) const;
    Response Sound(const Request& request, const Wanted& wanted, Slice slice) const;
    Response Nothing(const Request& request, const Wanted& wanted,
                     const NothingRecorded& nothing) const;

    const Services& services_;
};

}  // namespace aircheck::webapi
