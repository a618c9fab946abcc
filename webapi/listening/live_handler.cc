// SPDX-License-Identifier: MIT
#include "webapi/listening/live_handler.h"

#include <optional>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/text.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/ogg_live_body.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

asio::awaitable<Response> LiveHandler::Live(const Request& request) const {
    const time::SysTime now = services_.clock.Now();
    const config::StationConfig& station = *request.station;
    const std::string& text = request.Param("start");
    std::optional<time::SysTime> start;  // nullopt: as near to the present as can be
    if (!text.empty() && !util::EqualsIgnoringCase(text, "now")) {
        const auto spoken = ParseSpokenTime(text, ZoneOf(station), now);
        if (const auto* error = std::get_if<SpokenError>(&spoken)) {
            co_return ErrorResponse(400, fmt::format("\"{}\" cannot be understood.", error->part),
                                    error->hint);
        }
        start = std::get<0>(spoken);
        if (*start > now) {
            co_return ErrorResponse(425, "That has not been on the air yet.",
                                    "Start in the past, as in live/-5min.");
        }
    }
    std::optional<Piece> first;
    const storage::Layout& layout = services_.reader.layout();
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        const auto present = LivePresent(*catalog, station.callsign, kLiveLead, now);
        if (!present) return;
        first = FindLiveStart(*catalog, layout, station.callsign, start.value_or(*present));
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    if (!first) {
        co_return ErrorResponse(404, "Nothing is recorded of this station yet.",
                                "Try again soon; /heartbeat tells how it does.");
    }
    Response response;
    response.Add("Content-Type", std::string(audio::ContentType(first->segment.format.codec)));
    response.Add("Cache-Control", "no-store");
    response.Add("X-Start", time::FormatIso(first->from()));
    response.Add("icy-name", util::CleanUtf8(station.name));
    if (request.method == "HEAD") co_return response;
    LiveFollower follower(services_.clock, kLiveLead, std::move(*first));
    const bool ogg = audio::IsOgg(follower.current().format.codec);
    LiveBody body(services_.hub, services_.reader, services_.clock, std::move(follower));
    if (ogg) {
        response.body = std::make_unique<OggLiveBody>(std::move(body));
    } else {
        response.body = std::make_unique<LiveBody>(std::move(body));
    }
    co_return response;
}

}  // namespace aircheck::webapi
