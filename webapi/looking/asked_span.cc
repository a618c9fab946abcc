// SPDX-License-Identifier: MIT
#include "webapi/looking/asked_span.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "common/log/log.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

namespace {

time::SysTime WholeSecond(time::SysTime t) {
    return std::chrono::floor<std::chrono::seconds>(t);
}

/// Leaves `t` as it is if the query says nothing. Nullopt, or why it cannot be understood.
std::optional<Response> Read(const Request& request, std::string_view name, const time::Zone& zone,
                             time::SysTime now, time::SysTime& t) {
    if (const std::string_view text = QueryValue(request, name); !text.empty()) {
        const auto spoken = ParseSpokenTime(text, zone, now);
        if (const auto* error = std::get_if<SpokenError>(&spoken))
            return NotUnderstood(error->part, error->hint);
        t = std::get<time::SysTime>(spoken);
    }
    t = WholeSecond(t);
    return std::nullopt;
}

}  // namespace

std::string_view QueryValue(const Request& request, std::string_view name) {
    const auto found = std::find_if(request.query.begin(), request.query.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    return found == request.query.end() ? std::string_view() : found->second;
}

Response NotUnderstood(std::string_view part, std::string_view hint) {
    return ErrorResponse(400, fmt::format("\"{}\" cannot be understood.", part), hint);
}

std::variant<TimeSpan, Response> AskedSpan(const Request& request, const time::Zone& zone,
                                           time::SysTime now, TimeSpan otherwise) {
    TimeSpan span = otherwise;
    if (auto refusal = Read(request, "from", zone, now, span.from)) return std::move(*refusal);
    if (auto refusal = Read(request, "to", zone, now, span.to)) return std::move(*refusal);
    if (span.from < span.to) return span;
    return ErrorResponse(400, "The time asked for ends before it begins.",
                         "Ask for something like ?from=yesterday&to=today.");
}

}  // namespace aircheck::webapi
