// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_handler.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>

#include "common/archive/reindex.h"
#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "webapi/feeds/weekdays.h"
#include "webapi/http/range.h"
#include "webapi/http/target.h"
#include "webapi/http/validated.h"
#include "webapi/listening/multipart_body.h"
#include "webapi/listening/ogg_slice_body.h"
#include "webapi/listening/slice_body.h"
#include "webapi/listening/slice_info.h"
#include "webapi/listening/slice_name.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::chrono::hours kLongestSlice{7 * 24};

/// To leave out what turns out to be lost in the cloud, one after the other.
constexpr int kAttempts = 16;

/// Nullopt if it is a length that a slice may have.
std::optional<Response> CheckLength(time::SysTime from, time::SysTime to) {
    if (to > from && to - from <= kLongestSlice) return std::nullopt;
    return ErrorResponse(400, "A slice has a length of more than nothing and of 7 days at most.",
                         "Ask for something like 30min or 1hr30.");
}

/// A segment of the recording as a hint: when it is, and where it can be heard.
json::object Describe(const catalog::Segment& segment, const config::StationConfig& station) {
    const std::string name = FormatSliceName(station.callsign, ZoneOf(station), segment.start,
                                             segment.end, audio::Extension(segment.format.codec));
    return {{"start", time::FormatIso(segment.start)},
            {"end", time::FormatIso(segment.end)},
            {"url", fmt::format("/{}/slices/{}", station.callsign, name)}};
}

void AddSoundHeaders(Response& response, const Slice& slice) {
    response.Add("Accept-Ranges", "bytes");
    response.Add("X-Start", time::FormatIso(slice.from()));
    response.Add("X-End", time::FormatIso(slice.to()));
    if (!slice.gaps.empty()) response.Add("X-Gaps", GapsHeader(slice.gaps));
    if (!slice.complete) response.Add("X-Complete", "no");
}

std::unique_ptr<Body> BodyOf(const SoundSource& source, Slice slice, ByteRange range) {
    if (audio::IsOgg(slice.pieces.front().segment.format.codec))
        return std::make_unique<OggSliceBody>(source, std::move(slice.pieces), range);
    return std::make_unique<SliceBody>(source, std::move(slice.pieces), range);
}

/// These bytes of the slice, and what the header says of them.
void SetBody(const SoundSource& source, Response& response, Slice slice,
             std::vector<ByteRange> ranges) {
    const std::uint64_t size = slice.size();
    const std::string type(audio::ContentType(slice.pieces.front().segment.format.codec));
    if (ranges.size() == 1) {
        const ByteRange& range = ranges.front();
        response.Add("Content-Type", type);
        if (response.status == 206) {
            response.Add("Content-Range",
                         fmt::format("bytes {}-{}/{}", range.first, range.end() - 1, size));
        }
        response.length = range.size;
        response.body = BodyOf(source, std::move(slice), range);
        return;
    }
    // As random as it takes never to be met in sound.
    Multipart parts{storage::NewTakeId() + storage::NewTakeId(), type, size, std::move(ranges)};
    response.Add("Content-Type", parts.ContentType());
    response.length = parts.Length();
    const ByteRange span = parts.Span();
    response.body =
        std::make_unique<MultipartBody>(std::move(parts), BodyOf(source, std::move(slice), span));
}

/// A slice that was shorter than a frame.
bool IsEmpty(const std::variant<Slice, NothingRecorded>& found) {
    const auto* slice = std::get_if<Slice>(&found);
    return slice != nullptr && slice->pieces.empty();
}

}  // namespace

Response SpokenErrorResponse(const SpokenError& error) {
    return ErrorResponse(400, fmt::format("\"{}\" cannot be understood.", error.part), error.hint);
}

std::variant<TimeSpan, Response> ParseSliceSpan(std::string_view text,
                                                const config::StationConfig& station) {
    const auto name = ParseSliceName(text, station.callsign);
    if (!name) {
        return ErrorResponse(400, fmt::format("\"{}\" is not the name of a slice.", text),
                             "It is {callsign}-{YYYYMMDDHHMM}_{minutes}.mp3.");
    }
    const auto start = ParseCompactLocal(name->time, ZoneOf(station));
    if (const auto* error = std::get_if<SpokenError>(&start)) return SpokenErrorResponse(*error);
    const auto duration = ParseSpokenDuration(name->duration);
    if (const auto* error = std::get_if<SpokenError>(&duration)) return SpokenErrorResponse(*error);
    return TimeSpan{std::get<0>(start), std::get<0>(start) + std::get<0>(duration)};
}

asio::awaitable<Response> SliceHandler::ByName(const Request& request) const {
    auto span = ParseSliceSpan(request.Param("slice"), *request.station);
    if (auto* refusal = std::get_if<Response>(&span)) co_return std::move(*refusal);
    Wanted wanted;
    wanted.span = std::get<TimeSpan>(span);
    wanted.download = request.Param("name");
    wanted.fixed = true;
    co_return co_await Answer(request, std::move(wanted));
}

asio::awaitable<Response> SliceHandler::BySpokenTime(const Request& request) const {
    const time::SysTime now = services_.clock.Now();
    const auto start = ParseSpokenTime(request.Param("start"), ZoneOf(*request.station), now);
    if (const auto* error = std::get_if<SpokenError>(&start)) co_return SpokenErrorResponse(*error);
    const auto duration = ParseSpokenDuration(request.Param("duration"));
    if (const auto* error = std::get_if<SpokenError>(&duration)) {
        co_return SpokenErrorResponse(*error);
    }
    const time::SysTime from = std::get<0>(start);
    co_return co_await Present(request, {from, from + std::get<0>(duration)});
}

asio::awaitable<Response> SliceHandler::ByWeekday(const Request& request) const {
    const time::Zone zone = ZoneOf(*request.station);
    const time::SysTime now = services_.clock.Now();
    const auto weekdays = ParseWeekdays(request.Param("weekdays"));
    time::SysTime latest = time::SysTime::min();
    for (unsigned day = 0; weekdays && day < weekdays->size(); ++day) {
        if (!weekdays->test(day)) continue;
        const std::string text = fmt::format("{} {}", WeekdayName(day), request.Param("start"));
        const auto start = ParseSpokenTime(text, zone, now);
        if (const auto* error = std::get_if<SpokenError>(&start)) {
            co_return SpokenErrorResponse(*error);
        }
        latest = std::max(latest, std::get<0>(start));
    }
    const auto duration = ParseSpokenDuration(request.Param("duration"));
    if (const auto* error = std::get_if<SpokenError>(&duration)) {
        co_return SpokenErrorResponse(*error);
    }
    co_return co_await Present(request, {latest, latest + std::get<0>(duration)});
}

asio::awaitable<Response> SliceHandler::Present(const Request& request, TimeSpan span) const {
    Wanted wanted;
    wanted.span = span;
    co_return co_await Answer(request, std::move(wanted));
}

asio::awaitable<Response> SliceHandler::Answer(const Request& request, Wanted wanted) const {
    if (auto refusal = CheckLength(wanted.span.from, wanted.span.to)) co_return std::move(*refusal);
    for (int attempts = kAttempts;; --attempts) {
        try {
            co_return co_await Try(request, wanted);
        } catch (const CloudFailure& failure) {
            if (!failure.lost() || attempts == 0) throw;
        }
    }
}

/// Throws CloudFailure; once more, what is lost is a gap.
asio::awaitable<Response> SliceHandler::Try(const Request& request, const Wanted& wanted) const {
    const time::SysTime now = services_.clock.Now();
    const Places places = services_.source.places();
    std::variant<Slice, NothingRecorded> found;
    bool more_unknown = false;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        const std::string& station = request.station->callsign;
        more_unknown = catalog && catalog->Value(archive::UnknownKey(station));
        found = BuildSlice(catalog, places, request.station->callsign, wanted.span.from,
                           wanted.span.to, now);
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    if (auto* unsettled = std::get_if<Slice>(&found)) {
        co_await services_.source.Settle(unsettled->pieces);
    }
    if (IsEmpty(found)) {
        NothingRecorded nearest = co_await Nearest(request, wanted);
        found = std::move(nearest);
    }
    const auto* whole = std::get_if<Slice>(&found);
    if (more_unknown && (whole == nullptr || !whole->gaps.empty())) co_return UnavailableResponse();
    if (const auto* nothing = std::get_if<NothingRecorded>(&found)) {
        co_return Nothing(request, wanted, *nothing);
    }
    Slice& slice = std::get<Slice>(found);
    if (request.HasQuery("info") || request.Accepts("application/json")) {
        Response response = JsonResponse(SliceInfo(slice));
        response.Add("Vary", "Accept");
        co_return response;
    }
    Response response = Sound(request, wanted, std::move(slice));
    if (response.body && request.method != "HEAD") co_await response.body->Prepare();
    co_return response;
}

asio::awaitable<NothingRecorded> SliceHandler::Nearest(const Request& request,
                                                       const Wanted& wanted) const {
    NothingRecorded nothing;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        AddNearest(*catalog, request.station->callsign, wanted.span.from, nothing);
    };
    co_await services_.reader.Run(job);
    co_return nothing;
}

Response SliceHandler::Sound(const Request& request, const Wanted& wanted, Slice slice) const {
    const std::uint64_t size = slice.size();
    const Validators validators{slice.Etag(), std::min(slice.to(), services_.clock.Now())};
    Response response;
    response.Add("ETag", validators.etag);
    response.Add("Vary", "Accept");
    response.Add("Last-Modified", time::FormatHttpDate(*validators.last_modified));
    // A path by spoken time means another time tomorrow: those are asked again each time.
    response.Add("Cache-Control", wanted.fixed && slice.complete ? "max-age=3600" : "no-cache");

    const Condition condition = CheckConditions(request, validators);
    if (condition == Condition::kFailed) {
        return FailedConditionResponse();
    }
    if (condition == Condition::kNotModified) {
        response.status = 304;
        return response;
    }
    AddSoundHeaders(response, slice);
    const audio::Codec codec = slice.pieces.front().segment.format.codec;
    std::vector<ByteRange> ranges{{0, size}};
    const std::string* header = request.Header("Range");
    if (header != nullptr && request.method == "GET" && IfRangeHolds(request, validators)) {
        RangeResult parsed = ParseRange(*header, size);
        if (parsed.kind == RangeResult::Kind::kUnsatisfiable) {
            Response refusal =
                ErrorResponse(416, fmt::format("There are {} bytes.", size), "Ask for fewer.");
            refusal.Add("Content-Range", fmt::format("bytes */{}", size));
            return refusal;
        }
        if (parsed.kind == RangeResult::Kind::kPart) {
            response.status = 206;
            ranges = std::move(parsed.ranges);
        }
    }
    if (!wanted.download.empty()) {
        response.Add("Content-Disposition",
                     AttachmentHeader(WithExtension(wanted.download, audio::Extension(codec))));
    }
    SetBody(services_.source, response, std::move(slice), std::move(ranges));
    return response;
}

Response SliceHandler::Nothing(const Request& request, const Wanted& wanted,
                               const NothingRecorded& nothing) const {
    if (nothing.yet) {
        Response response = ErrorResponse(425, "Nothing of that has been on the air yet.",
                                          "Ask again when it has begun.");
        const auto wait =
            std::chrono::ceil<std::chrono::seconds>(wanted.span.from - services_.clock.Now());
        response.Add("Retry-After", std::to_string(std::max<long long>(1, wait.count())));
        return response;
    }
    const config::StationConfig& station = *request.station;
    json::object answer{{"result", false}, {"error", "Nothing is recorded of that time."}};
    answer["hint"] = nothing.before || nothing.after
                         ? "The nearest recordings are those before and after."
                         : "Nothing is recorded of this station yet.";
    if (nothing.before) answer["before"] = Describe(*nothing.before, station);
    if (nothing.after) answer["after"] = Describe(*nothing.after, station);
    return JsonResponse(json::serialize(answer), 404);
}

}  // namespace aircheck::webapi
