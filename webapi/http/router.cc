// SPDX-License-Identifier: MIT
#include "webapi/http/router.h"

#include <algorithm>
#include <span>

#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

using Segments = std::span<const std::string>;

bool MatchSegments(Segments pattern, Segments path, PathParams& params) {
    if (pattern.size() != path.size()) return false;
    params.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].front() == '{') {
            if (path[i].empty()) return false;
            params.emplace_back(pattern[i].substr(1, pattern[i].find('}') - 1), path[i]);
        } else if (pattern[i] != path[i]) {
            return false;
        }
    }
    return true;
}

bool MethodAllowed(std::string_view methods, std::string_view method) {
    for (std::string_view allowed : util::Split(methods, ',')) {
        if (util::Trim(allowed) == method) return true;
    }
    return false;
}

}  // namespace

Router::Router(const std::vector<config::StationConfig>& stations, std::vector<Route> routes)
    : stations_(stations), routes_(std::move(routes)) {
    for (const Route& route : routes_) {
        Pattern pattern;
        const std::string_view text = std::string_view(route.pattern).substr(1);
        if (!text.empty()) {
            for (std::string_view piece : util::Split(text, '/')) {
                pattern.segments.emplace_back(piece);
            }
        }
        if (!pattern.segments.empty() && pattern.segments.front() == "{station}") {
            pattern.has_station = true;
            pattern.segments.erase(pattern.segments.begin());
        }
        patterns_.push_back(std::move(pattern));
    }
}

/// Whether the route can be meant where the path begins with a callsign, or does not.
bool Router::IsInTurn(std::size_t route, bool with_station) const {
    const bool has_station = patterns_[route].has_station;
    return has_station == with_station || (has_station && stations_.size() == 1);
}

bool Router::Fits(std::size_t route, Segments path, PathParams& params) const {
    if (!MatchSegments(patterns_[route].segments, path, params)) return false;
    return routes_[route].details.why_not == nullptr ||
           routes_[route].details.why_not(params).empty();
}

/// `path` is what follows the callsign if `with_station`.
const Route* Router::Match(const std::vector<std::string>& path, bool with_station,
                           Request& request) const {
    const Segments segments = with_station ? Segments(path).subspan(1) : Segments(path);
    const Route* wrong_method = nullptr;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (!IsInTurn(i, with_station)) continue;
        if (!Fits(i, segments, request.params)) continue;
        if (MethodAllowed(routes_[i].methods, request.method)) {
            if (!patterns_[i].has_station) request.station = nullptr;
            return &routes_[i];
        }
        wrong_method = &routes_[i];
    }
    return wrong_method;
}

std::variant<const Route*, Response> Router::Resolve(Request& request) const {
    auto parsed = ParseTarget(request.target);
    if (const auto* error = std::get_if<TargetError>(&parsed)) {
        return ErrorResponse(400, error->error, "See /help for the paths there are.");
    }
    Target& target = std::get<Target>(parsed);
    request.query = std::move(target.query);

    const Route* route = nullptr;
    const auto named = target.segments.empty()
                           ? stations_.end()
                           : std::find_if(stations_.begin(), stations_.end(), [&](const auto& s) {
                                 return s.callsign == target.segments.front();
                             });
    if (named != stations_.end()) {
        request.station = &*named;
        route = Match(target.segments, true, request);
    } else {
        if (stations_.size() == 1) request.station = &stations_.front();
        route = Match(target.segments, false, request);
    }
    if (route == nullptr) return NotFound(target.segments, named != stations_.end());
    request.route = static_cast<int>(route - routes_.data());
    if (!MethodAllowed(route->methods, request.method)) {
        Response response = ErrorResponse(405, request.method + " is not for this path.",
                                          "Allowed here: " + route->methods + ".");
        response.Add("Allow", route->methods);
        return response;
    }
    return route;
}

bool Router::IsUnknownStation(const std::vector<std::string>& path) const {
    if (path.empty() || !storage::IsCallsign(path.front())) return false;
    PathParams ignored;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (patterns_[i].has_station && Fits(i, Segments(path).subspan(1), ignored)) return true;
    }
    return false;
}

/// What the routes of this shape miss in it.
std::string Router::Hint(const std::vector<std::string>& path, bool with_station) const {
    std::string hint = "See /help for the paths there are.";
    PathParams params;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (routes_[i].details.why_not == nullptr || !IsInTurn(i, with_station)) continue;
        const Segments segments = with_station ? Segments(path).subspan(1) : Segments(path);
        if (!MatchSegments(patterns_[i].segments, segments, params)) continue;
        hint = routes_[i].details.why_not(params);
    }
    return hint;
}

Response Router::NotFound(const std::vector<std::string>& path, bool with_station) const {
    if (with_station || !IsUnknownStation(path)) {
        return ErrorResponse(404, "There is no such path.", Hint(path, with_station));
    }
    std::vector<std::string_view> known;
    for (const auto& station : stations_) known.push_back(station.callsign);
    const auto nearest = util::Nearest(path.front(), known);
    std::string hint = nearest ? fmt::format("Did you mean {}? ", *nearest) : "";
    hint += fmt::format("Configured: {}.",
                        known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
    return ErrorResponse(404, "There is no station " + path.front() + ".", hint);
}

std::string Router::Help() const {
    std::string text = "Aircheck " AIRCHECK_VERSION
                       ": records the radio and plays any moment of it back.\n\n"
                       "Times are in the station's own time zone, unless they end in Z.\n";
    if (stations_.size() == 1) text += "There is one station: /{station} may be left out.\n";
    for (const Route& route : routes_) {
        text += fmt::format("\n{}\n    {}\n", route.pattern, route.methods);
        for (std::string_view line : util::Split(route.summary, '\n')) {
            text += fmt::format("    {}\n", line);
        }
    }
    return text;
}

}  // namespace aircheck::webapi
