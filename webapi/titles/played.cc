// SPDX-License-Identifier: MIT
#include "webapi/titles/played.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace aircheck::webapi {

namespace {

using catalog::Catalog;
using catalog::Segment;
using catalog::Title;
using catalog::TitlePlace;

/// Takes hear of the same title at times so far apart, and what is missing for less cuts no title.
constexpr time::Micros kSlack = std::chrono::seconds(30);

/// An open segment that ends so long ago, or less, is still being recorded.
constexpr time::Micros kGrowing = std::chrono::minutes(1);

/// How many announcements back the one is looked for that another take repeats: mostly it is the
/// one before.
constexpr std::size_t kNearest = 2;
constexpr std::size_t kLookBack = 12;

/// How many repeated announcements are passed over on the way to the next title.
constexpr int kLookAhead = 16;

/// The longest that a title is followed, which is the longest slice.
constexpr time::Micros kLongest = std::chrono::hours(7 * 24);

/// Ids do not ascend strictly with time.
constexpr time::Micros kDisorder = std::chrono::hours(1);

constexpr std::size_t kBatch = 200;
constexpr std::size_t kMaxExamined = 2'000;

TitlePlace PlaceOf(const Title& title) {
    return {title.at, title.id};
}

/// Whether one of so many announcements before this one held until then, and says the same.
bool RepeatsOneOf(const Catalog& catalog, const Title& title, std::size_t look_back) {
    const auto earlier =
        catalog.TitlesBefore(title.station, time::SysTime::min(), PlaceOf(title), look_back);
    std::map<std::string_view, time::SysTime> next;  // the announcement of each take that was last
    for (const Title& other : earlier) {
        const auto [of_take, latest] = next.emplace(other.take, other.at);
        const time::SysTime superseded = std::exchange(of_take->second, other.at);
        if (other.title != title.title) continue;
        if (other.take == title.take) {
            if (latest) return true;
            continue;
        }
        time::SysTime until = latest ? title.at : superseded;
        if (const auto take = latest ? catalog.FindTake(other.take) : std::nullopt;
            take && take->ended)
            until = *take->ended;
        if (until + kSlack >= title.at) return true;
    }
    return false;
}

/// Whether the title was on the air already when this was announced.
bool Repeats(const Catalog& catalog, const Title& title) {
    return RepeatsOneOf(catalog, title, kNearest) || RepeatsOneOf(catalog, title, kLookBack);
}

/// The next one of the station that says something else; not what a take says late.
std::optional<Title> NextTitle(const Catalog& catalog, const Title& title) {
    TitlePlace place = PlaceOf(title);
    for (int i = 0; i < kLookAhead; ++i) {
        auto next = catalog.OtherTitleAfter(title.station, place, title.title);
        if (!next || !Repeats(catalog, *next)) return next;
        place = PlaceOf(*next);
    }
    return std::nullopt;
}

/// Follows the sound of a title until the next one begins.
Played Follow(const Catalog& catalog, Title title, time::SysTime now) {
    const auto next = NextTitle(catalog, title);
    const time::SysTime limit = std::min(next ? next->at : now + kGrowing, title.at + kLongest);
    Played played{std::move(title), std::nullopt, std::nullopt, {}};
    time::SysTime heard = played.title.at;
    bool growing = false;
    for (const Segment& segment :
         catalog.SegmentsBetween(played.title.station, played.title.at, limit)) {
        if (segment.start > heard + kSlack) break;
        if (!played.codec) played.codec = segment.format.codec;
        heard = std::max(heard, segment.end);
        growing = growing ||
                  (segment.state == catalog::SegmentState::kOpen && segment.end + kGrowing > now);
    }
    played.heard_to = std::min(heard, limit);
    if (next && limit == next->at && (heard + kSlack >= limit || !played.codec)) {
        played.end = next->at;
    } else if (played.codec && !(growing && !next)) {
        played.end = played.heard_to;
    }
    return played;
}

/// The place behind everything that began before the query's end, or a little later.
TitlePlace EndOf(const Catalog& catalog, const TitleQuery& query, time::SysTime now) {
    TitlePlace place{query.to, 0};
    if (query.by_station && query.match.empty()) return place;
    if (query.to >= now) return {query.to, std::numeric_limits<std::int64_t>::max()};
    for (const std::string& station : query.stations) {
        const auto last =
            catalog.TitlesBefore(station, time::SysTime::min(), {query.to + kDisorder, 0}, 1);
        if (!last.empty()) place.id = std::max(place.id, last.front().id + 1);
    }
    return place;
}

std::vector<Title> NextBatch(const Catalog& catalog, const TitleQuery& query, TitlePlace place) {
    if (!query.match.empty()) return catalog.SearchTitles(query.match, place.id, kBatch);
    if (!query.by_station) return catalog.TitlesBefore(place.id, kBatch);
    return catalog.TitlesBefore(*query.stations.begin(), query.from, place, kBatch);
}

bool IsWanted(const TitleQuery& query, const Title& title) {
    return title.at >= query.from && title.at < query.to && !title.title.empty() &&
           query.stations.contains(title.station);
}

}  // namespace

TitlePage FindTitles(const Catalog& catalog, const TitleQuery& query, time::SysTime now) {
    TitlePage page;
    TitlePlace place = query.before ? *query.before : EndOf(catalog, query, now);
    std::size_t examined = 0;
    bool more = true;
    while (more && !page.next) {
        std::vector<Title> batch = NextBatch(catalog, query, place);
        more = batch.size() == kBatch;
        for (Title& title : batch) {
            if (title.at < query.from - kDisorder) {
                more = false;
                break;
            }
            place = PlaceOf(title);
            ++examined;
            if (IsWanted(query, title) && !Repeats(catalog, title))
                page.titles.push_back(Follow(catalog, std::move(title), now));
            if (page.titles.size() < query.limit && examined < kMaxExamined) continue;
            page.next = place;
            break;
        }
    }
    std::ranges::stable_sort(page.titles, std::ranges::greater{},
                             [](const Played& played) { return played.title.at; });
    return page;
}

}  // namespace aircheck::webapi
