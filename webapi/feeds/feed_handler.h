// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "webapi/feeds/episode.h"
#include "webapi/feeds/feed.h"
#include "webapi/http/http.h"
#include "webapi/listening/slice_handler.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers requests for a show: its episodes as a podcast, a playlist or a page, the latest of
/// them as sound, and the chapters of each.
class FeedHandler {
public:
    FeedHandler(const Services& services, const SliceHandler& slices)
        : services_(services), slices_(slices) {}

    /// …/{weekdays}/{start}/{duration}/{show}, or …/{weekdays}_{start}/{duration}/{show}
    boost::asio::awaitable<Response> ByShow(const Request& request) const;

    /// …/chapters/{slice}
    boost::asio::awaitable<Response> Chapters(const Request& request) const;

private:
    using Found = std::variant<std::vector<Episode>, Response>;

    boost::asio::awaitable<Found> Find(const config::StationConfig& station, const Show& show,
                                       std::size_t limit) const;
    boost::asio::awaitable<bool> Load(const config::StationConfig& station,
                                      std::span<const Airing> airings, time::SysTime now,
                                      std::vector<Episode>& episodes) const;
    boost::asio::awaitable<Response> Latest(const Request& request, const Show& show) const;
    time::SysTime KeepFrom(const config::StationConfig& station, time::SysTime now) const;
    time::SysTime Changed(const Feed& feed, time::SysTime now) const;

    const Services& services_;
    const SliceHandler& slices_;
};

}  // namespace aircheck::webapi
