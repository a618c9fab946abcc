// SPDX-License-Identifier: MIT
#include "webapi/feeds/feed_handler.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>

#include "common/archive/reindex.h"
#include "common/log/log.h"
#include "common/util/text.h"
#include "webapi/feeds/chapters.h"
#include "webapi/feeds/weekdays.h"
#include "webapi/http/target.h"
#include "webapi/http/validated.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// A podcast of more is more than clients take.
constexpr std::size_t kMaxEpisodes = 200;

/// To leave out what turns out to be lost in the cloud, one after the other.
constexpr int kAttempts = 16;

/// Other look-ups have their turn after so many.
constexpr std::size_t kEpisodesPerTurn = 4;

struct Form {
    std::string_view extension;
    std::string_view content_type;
    std::string (*make)(const Feed&);  // nullptr: the sound
};

constexpr auto kForms = std::to_array<Form>({
    {"xml", "application/rss+xml; charset=utf-8", Rss},
    {"m3u", "audio/x-mpegurl; charset=utf-8", M3u},
    {"pls", "audio/x-scpls; charset=utf-8", Pls},
    {"html", "text/html; charset=utf-8", ShowPage},
    {"mp3", "", nullptr},
    {"aac", "", nullptr},
    {"ogg", "", nullptr},
    {"oga", "", nullptr},
    {"opus", "", nullptr},
});

/// What comes before the last dot, and after it.
std::pair<std::string_view, std::string_view> SplitExtension(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return {name, {}};
    return {name.substr(0, dot), name.substr(dot + 1)};
}

const Form* FindForm(std::string_view extension) {
    const std::string lower = util::ToLower(extension);
    const auto form = std::ranges::find(kForms, lower, &Form::extension);
    return form == kForms.end() ? nullptr : &*form;
}

std::variant<Show, SpokenError> ParseRequest(const Request& request) {
    std::string_view weekdays = request.Param("weekdays");
    std::string_view start = request.Param("start");
    if (start.empty()) {
        const auto parts = SplitWeekdaysAndStart(weekdays);
        if (parts) std::tie(weekdays, start) = *parts;
    }
    return ParseShow(ParseWeekdays(weekdays).value_or(Weekdays{}), start, request.Param("duration"),
                     SplitExtension(request.Param("show")).first, ZoneOf(*request.station));
}

/// The path that was asked for, in its plainest form and without the extension.
std::string PathOf(const Request& request) {
    const auto parsed = ParseTarget(request.target);
    std::string path;
    if (const auto* target = std::get_if<Target>(&parsed)) {
        for (const std::string& segment : target->segments) {
            if (!path.empty()) path += '/';
            path += EncodeSegment(segment);
        }
    }
    path.resize(std::min(path.rfind('.'), path.size()));
    return path;
}

}  // namespace

asio::awaitable<Response> FeedHandler::ByShow(const Request& request) const {
    const Form* form = FindForm(SplitExtension(request.Param("show")).second);
    if (form == nullptr) {
        co_return ErrorResponse(404, "A show has no such form.",
                                "There is .xml (the podcast), .m3u, .pls, .html and .mp3 (the "
                                "latest episode).");
    }
    auto show = ParseRequest(request);
    if (const auto* error = std::get_if<SpokenError>(&show)) co_return SpokenErrorResponse(*error);
    if (form->make == nullptr) co_return co_await Latest(request, std::get<Show>(show));

    auto found = co_await Find(*request.station, std::get<Show>(show), kMaxEpisodes);
    if (auto* refusal = std::get_if<Response>(&found)) co_return std::move(*refusal);
    Feed feed{.show = std::get<Show>(std::move(show)),
              .station = *request.station,
              .base = BaseUrl(services_.config, request),
              .path = PathOf(request),
              .episodes = std::get<std::vector<Episode>>(std::move(found))};
    std::optional<time::SysTime> changed;
    if (!feed.episodes.empty()) changed = feed.changed = Changed(feed, services_.clock.Now());
    std::string text;
    // There too, because two hundred episodes would keep the loop for some milliseconds.
    const CatalogReader::Job make = [&](const catalog::Catalog*) { text = form->make(feed); };
    const bool made = co_await services_.reader.Run(make);
    if (!made) co_return BusyResponse();
    Response response = TextResponse(std::move(text), std::string(form->content_type));
    response.Add("Cache-Control", "max-age=60");
    co_return Validated(request, std::move(response), changed);
}

asio::awaitable<Response> FeedHandler::Latest(const Request& request, const Show& show) const {
    auto found = co_await Find(*request.station, show, 1);
    if (auto* refusal = std::get_if<Response>(&found)) co_return std::move(*refusal);
    const auto& episodes = std::get<std::vector<Episode>>(found);
    if (episodes.empty()) {
        co_return ErrorResponse(404, "No episode of that show has been recorded yet.",
                                "It is there when the show is over: " + show.Times() + ".");
    }
    const Episode& latest = episodes.front();
    co_return co_await slices_.Present(request, {latest.from(), latest.to()});
}

asio::awaitable<FeedHandler::Found> FeedHandler::Find(const config::StationConfig& station,
                                                      const Show& show, std::size_t limit) const {
    const time::SysTime now = services_.clock.Now();
    std::vector<Airing> airings;
    bool more_unknown = false;
    const CatalogReader::Job list = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        more_unknown = catalog->Value(archive::UnknownKey(station.callsign)).has_value();
        airings = RecordableAirings(*catalog, station.callsign, show, KeepFrom(station, now), now);
    };
    const bool listed = co_await services_.reader.Run(list);
    if (!listed) co_return BusyResponse();
    // Episodes would seem to be gone, and clients delete those.
    if (more_unknown) co_return UnavailableResponse();

    std::vector<Episode> episodes;
    int attempts = kAttempts;
    for (std::size_t next = 0; next < airings.size() && episodes.size() < limit;) {
        const auto turn =
            std::span(airings).subspan(next, std::min(kEpisodesPerTurn, airings.size() - next));
        try {
            const bool loaded = co_await Load(station, turn, now, episodes);
            if (!loaded) co_return BusyResponse();
            next += turn.size();
        } catch (const CloudFailure& failure) {
            // What is lost is a gap of the episode, once more.
            if (!failure.lost() || attempts-- == 0) throw;
        }
    }
    episodes.resize(std::min(episodes.size(), limit));
    co_return episodes;
}

/// Appends those that there are: all of them, or none if it throws CloudFailure. False if too much
/// is waiting.
asio::awaitable<bool> FeedHandler::Load(const config::StationConfig& station,
                                        std::span<const Airing> airings, time::SysTime now,
                                        std::vector<Episode>& episodes) const {
    const Places places = services_.source.places();
    std::vector<EpisodePlan> plans;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        for (const Airing& airing : airings) {
            auto plan = PlanEpisode(*catalog, places, station.callsign, airing, now);
            if (plan) plans.push_back(std::move(*plan));
        }
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return false;
    for (EpisodePlan& plan : plans) co_await services_.source.Settle(plan.slice.pieces);
    for (EpisodePlan& plan : plans)
        if (auto episode = MeasureEpisode(std::move(plan))) episodes.push_back(*episode);
    co_return true;
}

/// Sound from before that may be deleted any time.
time::SysTime FeedHandler::KeepFrom(const config::StationConfig& station, time::SysTime now) const {
    const config::Config& config = services_.config;
    return now - (config.cloud ? config::CloudRetention(station)
                               : config::DiskRetention(config, station));
}

/// When the last episode came, or the last one went because it would soon be deleted.
time::SysTime FeedHandler::Changed(const Feed& feed, time::SysTime now) const {
    const Episode& latest = feed.episodes.front();
    const bool waited = latest.missing > time::Micros::zero();
    const time::SysTime came = latest.to() + (waited ? kGapPatience : time::Micros::zero());
    const time::SysTime gone_before = KeepFrom(feed.station, now) + kAiringMargin;
    const auto gone = AiringsBetween(feed.show, gone_before - std::chrono::days{8},
                                     gone_before - time::Micros{1}, 1);
    if (gone.empty()) return std::min(came, now);
    const time::SysTime went = now - (gone_before - gone.front().from);
    return std::min(std::max(came, went), now);
}

asio::awaitable<Response> FeedHandler::Chapters(const Request& request) const {
    const auto [name, extension] = SplitExtension(request.Param("slice"));
    if (extension != "json") {
        co_return ErrorResponse(404, "Chapters have no such form.",
                                "They are at chapters/{callsign}-{YYYYMMDDHHMM}_{minutes}.json.");
    }
    auto span = ParseSliceSpan(name, *request.station);
    if (auto* refusal = std::get_if<Response>(&span)) co_return std::move(*refusal);
    const time::SysTime now = services_.clock.Now();
    const std::string& station = request.station->callsign;
    std::vector<Chapter> chapters;
    std::vector<catalog::Title> titles;
    std::variant<Slice, NothingRecorded> built;
    const TimeSpan wanted = std::get<TimeSpan>(span);
    const Places places = services_.source.places();
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        built = BuildSlice(catalog, places, station, wanted.from, wanted.to, now);
        if (std::holds_alternative<NothingRecorded>(built)) return;
        titles = catalog->TitlesBetween(station, wanted.from - kTitleReach, wanted.to);
    };
    const bool ran = co_await services_.reader.Run(job);
    if (!ran) co_return BusyResponse();
    bool complete = false;
    if (auto* slice = std::get_if<Slice>(&built)) {
        co_await services_.source.Settle(slice->pieces);
        complete = slice->complete;
        if (!slice->pieces.empty()) chapters = ChaptersOf(*slice, titles);
    }
    Response response = TextResponse(ChaptersJson(chapters), "application/json+chapters");
    response.Add("Cache-Control", complete ? "max-age=3600" : "no-cache");
    co_return Validated(request, std::move(response));
}

}  // namespace aircheck::webapi
