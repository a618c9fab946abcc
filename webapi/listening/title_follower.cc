// SPDX-License-Identifier: MIT
#include "webapi/listening/title_follower.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// A title from before is not that of the present sound any more.
constexpr time::Micros kLookBack = std::chrono::hours{6};

constexpr time::Micros kLookAhead = std::chrono::minutes{10};

/// Titles reach the catalog some time after their sound was on the air.
constexpr time::Micros kStillToCome = std::chrono::seconds{10};

}  // namespace

const catalog::Title* TitleAt(std::span<const catalog::Title> titles, std::string_view take,
                              time::SysTime t) {
    const auto last = std::find_if(titles.rbegin(), titles.rend(), [&](const auto& title) {
        return title.at <= t && title.take == take;
    });
    return last == titles.rend() ? nullptr : &*last;
}

asio::awaitable<void> TitleFollower::MoveTo(const catalog::Segment& segment, time::SysTime t) {
    const LiveHub::Titles near = hub_.TitlesOf(segment.station);
    if (near && t >= near->from) {
        const catalog::Title* title = TitleAt(near->titles, segment.take, t);
        if (title) title_ = title->title;
        if (title || known_to_ >= near->from) {
            take_ = segment.take;
            known_to_ = t;
            co_return;
        }
    } else if (t < known_to_ && segment.take == take_) {
        co_return;
    }
    co_await LookUp(segment, t);
}

asio::awaitable<void> TitleFollower::LookUp(const catalog::Segment& segment, time::SysTime t) {
    std::vector<catalog::Title> titles;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        titles = catalog->TitlesBetween(segment.station, t - kLookBack, t + kLookAhead);
    };
    try {
        const bool ran = co_await reader_.Run(job);
        if (!ran) co_return;
    } catch (const CatalogUnavailable&) {
        co_return;  // The reader has told the log why; the sound goes on.
    }
    const catalog::Title* title = TitleAt(titles, segment.take, t);
    const auto later = std::ranges::upper_bound(titles, t, {}, &catalog::Title::at);
    if (!title && later != titles.begin()) title = &*std::prev(later);
    if (title) title_ = title->title;
    take_ = segment.take;
    known_to_ = std::max(t, std::min(t + kLookAhead, clock_.Now() - kStillToCome));
    if (later != titles.end()) known_to_ = std::min(known_to_, later->at);
}

}  // namespace aircheck::webapi
