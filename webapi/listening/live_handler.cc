// SPDX-License-Identifier: MIT
#include "webapi/listening/live_handler.h"

#include <optional>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/text.h"
#include "webapi/listening/icy_block.h"
#include "webapi/listening/icy_body.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/ogg_live_body.h"
#include "webapi/spoken/same_reading.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxZoneName = 80;  // longer is none

/// To begin behind what turns out to be lost.
constexpr int kAttempts = 16;

bool AsksForTitles(const Request& request) {
    const std::string* value = request.Header("Icy-MetaData");
    return value != nullptr && util::Trim(*value) == "1";
}

Response UnknownZoneResponse(std::string_view name) {
    return ErrorResponse(400, fmt::format("There is no time zone \"{}\".", util::CleanUtf8(name)),
                         "Zones are named as in tz=Europe/Paris or tz=America/New_York.");
}

}  // namespace

std::variant<std::optional<time::SysTime>, Response> LiveHandler::StartOf(const Request& request,
                                                                          time::SysTime now) const {
    const time::Zone zone = ZoneOf(*request.station);
    std::optional<time::SysTime> present;  // of a listener in a zone of his own
    if (const std::string* name = request.Query("tz")) {
        const auto there = time::Zone::Find(*name);
        if (!there) return UnknownZoneResponse(std::string_view(*name).substr(0, kMaxZoneName));
        const time::SysTime shifted = SameReading(zone, *there, now);
        if (shifted < now) present = shifted;
    }
    const std::string& text = request.Param("start");
    if (text.empty() || util::EqualsIgnoringCase(text, "now")) return present;
    const auto spoken = ParseSpokenTime(text, zone, present.value_or(now));
    if (const auto* error = std::get_if<SpokenError>(&spoken)) {
        return ErrorResponse(400, fmt::format("\"{}\" cannot be understood.", error->part),
                             error->hint);
    }
    const time::SysTime start = std::get<0>(spoken);
    if (start > now) {
        return ErrorResponse(425, "That has not been on the air yet.",
                             "Start in the past, as in live/-5min.");
    }
    return start;
}

asio::awaitable<Response> LiveHandler::Live(const Request& request) const {
    const time::SysTime now = services_.clock.Now();
    auto asked = StartOf(request, now);
    if (auto* refusal = std::get_if<Response>(&asked)) co_return std::move(*refusal);
    const std::optional<time::SysTime> start = std::get<0>(asked);
    const std::string& station = request.station->callsign;
    for (int attempts = kAttempts;; --attempts) {
        LiveFound found;
        if (start)
            found = co_await services_.hub.StartAt(station, *start);
        else
            found = co_await services_.hub.PresentOf(station);
        if (found.state == LiveFound::State::kBusy) co_return BusyResponse();
        if (found.state == LiveFound::State::kUnavailable) co_return UnavailableResponse();
        if (found.state == LiveFound::State::kCloud) co_return CloudResponse();
        if (!found.step) {
            co_return ErrorResponse(404, "Nothing is recorded of this station yet.",
                                    "Try again soon; /heartbeat tells how it does.");
        }
        Response response = Play(request, *found.step);
        try {
            if (response.body) co_await response.body->Prepare();
            co_return response;
        } catch (const CloudFailure& failure) {
            if (!failure.lost() || attempts == 0) throw;
        }
    }
}

Response LiveHandler::Play(const Request& request, LiveStep first) const {
    const catalog::Segment& segment = first.segment;
    const bool ogg = audio::IsOgg(segment.format.codec);
    const bool titles = !ogg && AsksForTitles(request);
    Response response;
    response.Add("Content-Type", std::string(audio::ContentType(segment.format.codec)));
    response.Add("Cache-Control", "no-store");
    response.Add("X-Start", time::FormatIso(first.at));
    response.Add("icy-name", util::CleanUtf8(request.station->name));
    if (const int kbit = segment.Bitrate(); kbit > 0) response.Add("icy-br", std::to_string(kbit));
    if (titles) response.Add("icy-metaint", std::to_string(kIcyInterval));
    if (request.method == "HEAD") return response;
    LiveBody body(services_.hub, LiveFollower(services_.clock, kLiveLead, std::move(first)));
    if (ogg) {
        response.body = std::make_unique<OggLiveBody>(std::move(body));
    } else if (titles) {
        const TitleFollower follower(services_.hub, services_.reader, services_.clock);
        response.body = std::make_unique<IcyBody>(std::move(body), follower);
    } else {
        response.body = std::make_unique<LiveBody>(std::move(body));
    }
    return response;
}

}  // namespace aircheck::webapi
