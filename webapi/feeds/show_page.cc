// SPDX-License-Identifier: MIT
#include <chrono>

#include "common/log/log.h"
#include "common/util/units.h"
#include "webapi/feeds/feed.h"
#include "webapi/http/escape_html.h"

namespace aircheck::webapi {

namespace {

constexpr std::string_view kStyle = R"(<style>
:root { --back: #f6f6f3; --text: #1d2129; --soft: #556; --line: #dde; --link: #0a58ca; }
@media (prefers-color-scheme: dark) {
:root { --back: #15171c; --text: #e6e8ee; --soft: #9aa3b2; --line: #323743; --link: #7fb0ff; } }
body { margin: 0 auto; max-width: 44rem; padding: 1.5rem; background: var(--back);
       color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; }
p { margin: .2rem 0; }
a { color: var(--link); }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
.soft { color: var(--soft); }
audio { width: 100%; }
</style>
)";

std::string EpisodeHtml(const Feed& feed, const Episode& episode) {
    const std::string title = EscapeHtml(feed.EpisodeTitle(episode));
    const std::string url = EscapeHtml(feed.EpisodeUrl(episode));
    const auto minutes = std::chrono::round<std::chrono::minutes>(episode.duration).count();
    return fmt::format(
        "<article>\n<h2>{0}</h2>\n<p>{1}</p>\n"
        "<audio controls preload=\"none\" aria-label=\"{0}\" src=\"{2}\"></audio>\n"
        "<p class=\"soft\"><a href=\"{2}\" download>Download</a>, {3} min, {4}</p>\n</article>\n",
        title, EscapeHtml(feed.EpisodeText(episode)), url, minutes,
        util::FormatSize(episode.bytes));
}

}  // namespace

std::string ShowPage(const Feed& feed) {
    constexpr int picture_size = 96;
    const std::string name = EscapeHtml(feed.show.name);
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{0}</title>\n"
        "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"{0}\" href=\"{1}\">\n",
        name, EscapeHtml(feed.Url("xml")));
    html += kStyle;
    html += fmt::format(
        "</head>\n<body>\n<header>\n<img src=\"{0}\" alt=\"\" width=\"{1}\" "
        "height=\"{1}\">\n<div>\n"
        "<h1>{2}</h1>\n<p>{3}</p>\n<p><a href=\"{4}\">Podcast</a> &middot; "
        "<a href=\"{5}\">m3u</a> &middot; <a href=\"{6}\">pls</a></p>\n</div>\n</header>\n<main>\n",
        EscapeHtml(feed.IconUrl(2 * picture_size)), picture_size, name, EscapeHtml(feed.Text()),
        EscapeHtml(feed.Url("xml")), EscapeHtml(feed.Url("m3u")), EscapeHtml(feed.Url("pls")));
    for (const Episode& episode : feed.episodes) html += EpisodeHtml(feed, episode);
    if (feed.episodes.empty()) html += "<p>No episode has been recorded yet.</p>\n";
    return html + "</main>\n</body>\n</html>\n";
}

}  // namespace aircheck::webapi
