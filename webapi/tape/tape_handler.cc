// SPDX-License-Identifier: MIT
#include "webapi/tape/tape_handler.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "common/coverage/coverage.h"
#include "common/coverage/text.h"
#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "webapi/http/json_text.h"
#include "webapi/looking/asked_span.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// So many steps make the finest picture that there is.
constexpr int kMostSteps = 4000;
constexpr int kUsualSteps = 1000;

/// A look into the catalog is of no more than this.
constexpr time::Micros kPortion = std::chrono::hours(24);

/// What lies so far back does not change from one glance to the next.
constexpr time::Micros kSettled = std::chrono::minutes(10);

Response NotSo(std::string_view error) {
    return ErrorResponse(400, error, "Ask for something like ?from=-1d&to=now&step=60s.");
}

/// Nullopt, or what is wrong with it.
std::optional<Response> ReadStep(const Request& request, Tape& tape) {
    const time::Micros length = tape.to - tape.from;
    const time::Micros least = length / kMostSteps;
    tape.step = std::max(length / kUsualSteps, time::Micros{1});
    if (const std::string_view text = QueryValue(request, "step"); !text.empty()) {
        const auto step = ParseSpokenDuration(text);
        if (const auto* error = std::get_if<SpokenError>(&step))
            return NotUnderstood(error->part, error->hint);
        tape.step = std::max(std::get<time::Micros>(step), least);
    }
    return std::nullopt;
}

}  // namespace

/// Fills in the span, or answers why there is none.
asio::awaitable<std::optional<Response>> TapeHandler::Begin(const Request& request,
                                                            Tape& tape) const {
    const time::SysTime now = services_.clock.Now();
    const time::Zone zone = ZoneOf(*request.station);
    tape.station = request.station->callsign;
    auto span = AskedSpan(request, zone, now, {now - std::chrono::days{14}, now});
    if (auto* refusal = std::get_if<Response>(&span)) co_return std::move(*refusal);
    tape.from = std::get<TimeSpan>(span).from;
    tape.to = std::get<TimeSpan>(span).to;
    if (tape.to - tape.from > coverage::kLongest)
        co_return NotSo("That is too long: a year at most.");
    if (auto refusal = ReadStep(request, tape)) co_return std::move(*refusal);
    bool known = false;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        const auto first = catalog->SegmentAfter(tape.station, time::SysTime{});
        known = first.has_value();
        if (!first) return;
        tape.from = std::max(tape.from, first->start);
        tape.to = std::min(tape.to, coverage::ToldUntil(*catalog, tape.station, now));
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    // Nothing of that time, which is an answer as well.
    if (!known || tape.from > tape.to) tape.to = tape.from;
    co_return std::nullopt;
}

asio::awaitable<Response> TapeHandler::Draw(const Request& request) const {
    Tape tape;
    std::optional<Response> refusal = co_await Begin(request, tape);
    if (refusal) co_return std::move(*refusal);
    tape.levels = TapeLevels(tape.from, tape.to, tape.step);
    bool gone = false;
    for (time::SysTime from = tape.from; from < tape.to && !gone; from += kPortion) {
        const time::SysTime to = std::min(from + kPortion, tape.to);
        const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
            gone = catalog == nullptr;
            if (!gone) AddToTape(*catalog, tape, from, to);
        };
        const bool ran = co_await services_.reader.Run(job);
        if (!ran) co_return BusyResponse();
    }
    if (gone) co_return UnavailableResponse();
    Response response = TextResponse(JsonText(TapeFields(tape)) + "\n", "application/json");
    const bool settled = tape.to + kSettled < services_.clock.Now();
    response.Add("Cache-Control", settled ? "max-age=60" : "no-cache");
    co_return response;
}

Response TapeHandler::When(const Request& request) const {
    const time::SysTime now = services_.clock.Now();
    const time::Zone zone = ZoneOf(*request.station);
    const auto spoken = ParseSpokenTime(request.Param("start"), zone, now);
    if (const auto* error = std::get_if<SpokenError>(&spoken))
        return NotUnderstood(error->part, error->hint);
    const time::SysTime t = std::get<time::SysTime>(spoken);
    const time::LocalTime local = zone.ToLocal(t);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(local.time_of_day));
    const json::object answer{
        {"station", request.station->callsign},
        {"time", time::FormatIso(t)},
        {"unix", time::ToUnixSeconds(t)},
        {"local",
         fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.year, local.month, local.day,
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count())},
        {"timezone", zone.Name()},
        {"ago", std::chrono::duration<double>(now - t).count()}};
    return JsonResponse(JsonText(answer));
}

}  // namespace aircheck::webapi
