// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <vector>

#include "webapi/events/event_hub.h"
#include "webapi/feeds/feed_handler.h"
#include "webapi/http/http.h"
#include "webapi/http/rate_limiter.h"
#include "webapi/http/router.h"
#include "webapi/icons/icon_handler.h"
#include "webapi/listening/live_handler.h"
#include "webapi/listening/slice_handler.h"
#include "webapi/looking/coverage_handler.h"
#include "webapi/looking/heartbeat.h"
#include "webapi/operating/authorization.h"
#include "webapi/operating/backup_handler.h"
#include "webapi/operating/operation_handler.h"
#include "webapi/services.h"
#include "webapi/tape/tape_handler.h"
#include "webapi/titles/titles_handler.h"

namespace aircheck::webapi {

/// All paths there are, and what answers them. Lives on the loop's thread.
class Api {
public:
    explicit Api(Services services);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    boost::asio::awaitable<Response> Dispatch(Request& request);

    const Router& router() const { return router_; }

    /// To be fed with what happens.
    EventHub& events() { return events_; }

private:
    // The table (routes.cc), and its parts in the order of /help.
    std::vector<Route> Routes();
    std::vector<Route> ListeningRoutes();
    std::vector<Route> FeedRoutes();
    std::vector<Route> LookingRoutes();
    std::vector<Route> KnowingRoutes();
    std::vector<Route> OperatingRoutes();

    Response Dashboard(const Request& request) const;
    Response Events(const Request& request);
    boost::asio::awaitable<Response> Stats(const Request& request);

    Services services_;
    SliceHandler slices_;
    LiveHandler live_;
    FeedHandler feeds_;
    IconHandler icons_;
    const Authorization authorization_;
    OperationHandler operations_;
    BackupHandler backups_;
    TitlesHandler titles_;
    CoverageHandler coverage_;
    TapeHandler tape_;
    EventHub events_;
    HeartbeatTexts heartbeats_;
    RateLimiter limiter_;
    Router router_;
};

}  // namespace aircheck::webapi
