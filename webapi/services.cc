// SPDX-License-Identifier: MIT
#include "webapi/services.h"

#include "webapi/http/forwarded.h"

namespace aircheck::webapi {

time::Zone ZoneOf(const config::StationConfig& station) {
    if (station.timezone.empty()) return time::Zone::Local();
    return time::Zone::Find(station.timezone).value_or(time::Zone());
}

Response UnavailableResponse() {
    Response response = ErrorResponse(503, "The catalog of the recordings cannot be read just now.",
                                      "Recording goes on. Try again soon.");
    response.Add("Retry-After", "5");
    return response;
}

Response CloudResponse() {
    Response response =
        ErrorResponse(503, "A part of that is in the cloud, which cannot be read just now.",
                      "Try again soon; what is on this disk can be heard.");
    response.Add("Retry-After", "10");
    return response;
}

Response BusyResponse() {
    Response response = ErrorResponse(503, "Too many look-ups are waiting.", "Try again soon.");
    response.Add("Retry-After", "1");
    return response;
}

std::string BaseUrl(const config::Config& config, const Request& request) {
    if (!config.public_url.empty()) return config.public_url;
    return ForwardedBaseUrl(request, config.trusted_proxies).value_or("/");
}

}  // namespace aircheck::webapi
