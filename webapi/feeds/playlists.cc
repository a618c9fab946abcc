// SPDX-License-Identifier: MIT
#include <chrono>

#include "common/log/log.h"
#include "webapi/feeds/feed.h"

namespace aircheck::webapi {

namespace {

long long Seconds(const Episode& episode) {
    return std::chrono::round<std::chrono::seconds>(episode.duration).count();
}

}  // namespace

std::string M3u(const Feed& feed) {
    std::string text = fmt::format("#EXTM3U\n#PLAYLIST:{}\n", feed.show.name);
    for (const Episode& episode : feed.episodes) {
        text += fmt::format("#EXTINF:{},{}\n{}\n", Seconds(episode), feed.EpisodeTitle(episode),
                            feed.EpisodeUrl(episode));
    }
    return text;
}

std::string Pls(const Feed& feed) {
    std::string text = "[playlist]\n";
    int number = 0;
    for (const Episode& episode : feed.episodes) {
        ++number;
        text += fmt::format("File{0}={1}\nTitle{0}={2}\nLength{0}={3}\n", number,
                            feed.EpisodeUrl(episode), feed.EpisodeTitle(episode), Seconds(episode));
    }
    return text + fmt::format("NumberOfEntries={}\nVersion=2\n", number);
}

}  // namespace aircheck::webapi
