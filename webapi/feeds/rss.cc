// SPDX-License-Identifier: MIT
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <pugixml.hpp>

#include <chrono>
#include <string>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "webapi/feeds/feed.h"

namespace aircheck::webapi {

namespace {

constexpr int kArtworkPixels = 1400;   // the smallest that podcast directories take
constexpr int kThumbnailPixels = 144;  // the widest that RSS allows
constexpr int kMinutesToLive = 60;

/// The two characters that well-formed UTF-8 may hold and XML may not become spaces.
std::string XmlText(std::string text) {
    for (const char* forbidden : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
        for (auto at = text.find(forbidden); at != std::string::npos; at = text.find(forbidden)) {
            text.erase(at, 2);
            text[at] = ' ';
        }
    }
    return text;
}

pugi::xml_node Add(pugi::xml_node parent, const char* name) {
    return parent.append_child(name);
}

pugi::xml_node Add(pugi::xml_node parent, const char* name, const std::string& text) {
    pugi::xml_node node = parent.append_child(name);
    node.text().set(XmlText(text).c_str());
    return node;
}

void Set(pugi::xml_node node, const char* name, const std::string& value) {
    node.append_attribute(name).set_value(XmlText(value).c_str());
}

/// Podcasting 2.0: a UUIDv5 of the feed's URL without its scheme.
std::string GuidOf(std::string url) {
    const auto scheme = url.find("://");
    if (scheme != std::string::npos) url.erase(0, scheme + 3);
    while (url.ends_with('/')) url.pop_back();
    constexpr boost::uuids::uuid podcasts{{0xea, 0xd4, 0xc2, 0x36, 0xbf, 0x58, 0x58, 0xc6, 0xa2,
                                           0xc6, 0xa6, 0xb2, 0x8d, 0x12, 0x8c, 0xb6}};
    return boost::uuids::to_string(boost::uuids::name_generator_sha1(podcasts)(url));
}

/// RFC 822, with the year in full as RSS prefers it: HTTP's dates are of that form.
std::string MailDate(time::SysTime t) {
    return time::FormatHttpDate(t);
}

long long Seconds(time::Micros duration) {
    return std::chrono::round<std::chrono::seconds>(duration).count();
}

/// The same wherever the feed is reached, and in whatever way it is asked for.
std::string EpisodeGuid(const Feed& feed, const Episode& episode) {
    return fmt::format("aircheck:{}:{}:{}", feed.station.callsign,
                       time::FormatBasic(episode.airing.from),
                       Seconds(episode.airing.to - episode.airing.from));
}

void AddImages(pugi::xml_node channel, const Feed& feed) {
    const pugi::xml_node image = Add(channel, "image");
    Add(image, "url", feed.IconUrl(kThumbnailPixels));
    Add(image, "title", feed.show.name);
    Add(image, "link", feed.Url("html"));
    Add(image, "width", std::to_string(kThumbnailPixels));
    Add(image, "height", std::to_string(kThumbnailPixels));
    Set(Add(channel, "itunes:image"), "href", feed.IconUrl(kArtworkPixels));
    const pugi::xml_node thumbnail = Add(channel, "media:thumbnail");
    Set(thumbnail, "url", feed.IconUrl(kArtworkPixels));
    Set(thumbnail, "width", std::to_string(kArtworkPixels));
    Set(thumbnail, "height", std::to_string(kArtworkPixels));
}

void AddItem(pugi::xml_node channel, const Feed& feed, const Episode& episode) {
    const std::string url = feed.EpisodeUrl(episode);
    const std::string type(audio::ContentType(episode.codec));
    const std::string bytes = std::to_string(episode.bytes);
    const std::string seconds = std::to_string(Seconds(episode.duration));
    const pugi::xml_node item = Add(channel, "item");
    Add(item, "title", feed.EpisodeTitle(episode));
    Add(item, "link", feed.Url("html"));
    Add(item, "description", feed.EpisodeText(episode));
    Set(Add(item, "guid", EpisodeGuid(feed, episode)), "isPermaLink", "false");
    Add(item, "pubDate", MailDate(episode.airing.from));
    const pugi::xml_node enclosure = Add(item, "enclosure");
    Set(enclosure, "url", url);
    Set(enclosure, "length", bytes);
    Set(enclosure, "type", type);
    Add(item, "itunes:duration", seconds);
    Add(item, "itunes:explicit", "false");
    Add(item, "itunes:episodeType", "full");
    const pugi::xml_node content = Add(item, "media:content");
    Set(content, "url", url);
    Set(content, "fileSize", bytes);
    Set(content, "type", type);
    Set(content, "medium", "audio");
    Set(content, "bitrate", std::to_string(episode.bitrate));
    Set(content, "duration", seconds);
    if (!episode.has_titles) return;
    const pugi::xml_node chapters = Add(item, "podcast:chapters");
    Set(chapters, "url", feed.ChaptersUrl(episode));
    Set(chapters, "type", "application/json+chapters");
}

void AddChannel(pugi::xml_node rss, const Feed& feed) {
    const pugi::xml_node channel = Add(rss, "channel");
    Add(channel, "title", feed.show.name);
    Add(channel, "link", feed.Url("html"));
    Add(channel, "description", feed.Text());
    const pugi::xml_node self = Add(channel, "atom:link");
    Set(self, "href", feed.Url("xml"));
    Set(self, "rel", "self");
    Set(self, "type", "application/rss+xml");
    Add(channel, "generator", "Aircheck " AIRCHECK_VERSION);
    if (feed.changed != time::SysTime{}) Add(channel, "lastBuildDate", MailDate(feed.changed));
    if (!feed.episodes.empty())
        Add(channel, "pubDate", MailDate(feed.episodes.front().airing.from));
    Add(channel, "ttl", std::to_string(kMinutesToLive));
    AddImages(channel, feed);
    Add(channel, "itunes:author", feed.station.name);
    Add(channel, "itunes:summary", feed.Text());
    Add(channel, "itunes:type", "episodic");
    Add(channel, "itunes:explicit", "false");
    // For whoever recorded it: to be listed in directories is for the station to decide.
    Add(channel, "itunes:block", "Yes");
    Add(channel, "podcast:locked", "yes");
    Add(channel, "podcast:guid", GuidOf(feed.Url("xml")));
    Add(channel, "podcast:medium", "podcast");
    for (const Episode& episode : feed.episodes) AddItem(channel, feed, episode);
}

class TextWriter final : public pugi::xml_writer {
public:
    std::string text;

    void write(const void* data, std::size_t size) override {
        text.append(static_cast<const char*>(data), size);
    }
};

}  // namespace

std::string Rss(const Feed& feed) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version").set_value("1.0");
    declaration.append_attribute("encoding").set_value("UTF-8");
    const pugi::xml_node rss = Add(document, "rss");
    Set(rss, "version", "2.0");
    Set(rss, "xmlns:atom", "http://www.w3.org/2005/Atom");
    Set(rss, "xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd");
    Set(rss, "xmlns:media", "http://search.yahoo.com/mrss/");
    Set(rss, "xmlns:podcast", "https://podcastindex.org/namespace/1.0");
    AddChannel(rss, feed);
    TextWriter writer;
    document.save(writer, "  ", pugi::format_indent, pugi::encoding_utf8);
    return std::move(writer.text);
}

}  // namespace aircheck::webapi
