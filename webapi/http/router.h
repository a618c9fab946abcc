// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/config/config.h"
#include "webapi/http/http.h"
#include "webapi/http/target.h"

namespace aircheck::webapi {

/// The names of a pattern, but for the station, with what stands there; in order.
using PathParams = std::vector<std::pair<std::string, std::string>>;

using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

/// What else there is to know of a route, where it is not as with most.
struct RouteDetails {
    std::string_view media = "application/json";  // "audio/*, application/json": of what it answers
    std::string_view query = {};     // names of parameters behind the question mark: "from, to, q"
    std::string_view examples = {};  // "ext=svg&px=600": where those in /openapi.json do not fit
    bool ranges = false;             // answers parts, and conditional requests
    bool costly = false;             // a client may not ask for it as often as it likes
    /// Where not any segment will do: a hint to what is missing, or "" if the route is for these.
    std::string (*why_not)(const PathParams&) = nullptr;
    std::string_view group = {};  // of /openapi.json; from the part of the table that it is in
};

/// One line of the table. A segment of the pattern that starts with "{name}" takes any segment,
/// `{station}` only a configured callsign; what follows the brace is there for the reader of /help.
struct Route {
    std::string methods;  // "GET, HEAD", as in Allow
    std::string pattern;  // "/{station}/at/{start}/{duration}"
    std::string summary;  // for /help; lines separated by '\n'
    Handler handler;
    RouteDetails details = {};
};

/// The one table of paths. With exactly one station a pattern that begins with "/{station}" works
/// without that, too. Lives on the loop's thread; the stations must outlive it.
class Router {
public:
    Router(const std::vector<config::StationConfig>& stations, std::vector<Route> routes);

    /// The route for what the request asks, with the request's station, params and query filled
    /// in; else the answer: 400, 404 or 405.
    std::variant<const Route*, Response> Resolve(Request& request) const;

    const std::vector<Route>& routes() const { return routes_; }

    /// The text of /help.
    std::string Help() const;

private:
    struct Pattern {
        std::vector<std::string> segments;
        bool has_station = false;  // then not among the segments
    };

    const Route* Match(const std::vector<std::string>& path, bool with_station,
                       Request& request) const;
    bool IsInTurn(std::size_t route, bool with_station) const;
    bool Fits(std::size_t route, std::span<const std::string> path, PathParams& params) const;
    bool IsUnknownStation(const std::vector<std::string>& path) const;
    std::string Hint(const std::vector<std::string>& path, bool with_station) const;
    Response NotFound(const std::vector<std::string>& path, bool with_station) const;

    const std::vector<config::StationConfig>& stations_;
    std::vector<Route> routes_;
    std::vector<Pattern> patterns_;  // one for each route
};

}  // namespace aircheck::webapi
