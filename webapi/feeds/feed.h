// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "webapi/feeds/episode.h"
#include "webapi/feeds/show.h"

namespace aircheck::webapi {

/// All that a feed tells, in whatever form.
struct Feed {
    Show show;
    const config::StationConfig& station;
    std::string base;               // BaseUrl()
    std::string path;               // of the feed, encoded, without a slash before or an extension
    std::vector<Episode> episodes;  // the latest first
    time::SysTime changed{};        // when the last episode came or went; 0: never

    /// Of the feed itself in that form.
    std::string Url(std::string_view extension) const;

    std::string EpisodeUrl(const Episode& episode) const;
    std::string ChaptersUrl(const Episode& episode) const;
    std::string IconUrl(int pixels) const;

    /// "The Evening News, Friday 20 November 2026"
    std::string EpisodeTitle(const Episode& episode) const;

    /// "On the air on Friday 20 November 2026 at 20:30 (CET). 14 s are missing."
    std::string EpisodeText(const Episode& episode) const;

    /// "Mondays from 14:00, 60 min, on KPCC, as it was broadcast."
    std::string Text() const;
};

/// "#EXTM3U …"
std::string M3u(const Feed& feed);

/// "[playlist] …"
std::string Pls(const Feed& feed);

/// A page with a player for each episode.
std::string ShowPage(const Feed& feed);

/// RSS 2.0 with what iTunes, Media RSS and Podcasting 2.0 add to it.
std::string Rss(const Feed& feed);

}  // namespace aircheck::webapi
