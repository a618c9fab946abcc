// SPDX-License-Identifier: MIT
#include "webapi/feeds/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "common/time/timestamp.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class FeedTest : public testing::Test {
protected:
    FeedTest() {
        station_.callsign = "kpcc";
        station_.name = "K<P>&CC";
        auto show = ParseShow(*ParseWeekdays("fri"), "20:30", "1hr", "\"A\"_<b>_&_']]>",
                              *time::Zone::Find("Europe/Berlin"));
        feed_.show = std::get<Show>(std::move(show));
        AddEpisode("20261120T193000Z", true);
        AddEpisode("20261113T193000Z", false);
        feed_.changed = *time::ParseBasic("20261120T203200Z");
    }

    void AddEpisode(const char* from, bool has_titles) {
        const time::SysTime at = *time::ParseBasic(from);
        feed_.episodes.push_back({.airing = {at, at + 1h},
                                  .bytes = 61'440'417,
                                  .duration = 3839s + 600ms,
                                  .missing = has_titles ? 0ms : 400ms,
                                  .codec = audio::Codec::kMpeg,
                                  .bitrate = 128,
                                  .has_titles = has_titles});
    }

    pugi::xml_node Channel() {
        const auto result = document_.load_string(Rss(feed_).c_str());
        EXPECT_TRUE(result) << result.description();
        return document_.child("rss").child("channel");
    }

    config::StationConfig station_;
    Feed feed_{.show = {},
               .station = station_,
               .base = "https://radio.example.org/dvr/",
               .path = "kpcc/fri/20:30/1hr/The%20Show"};
    pugi::xml_document document_;
};

TEST_F(FeedTest, RssNamesTheShow) {
    const pugi::xml_node channel = Channel();
    EXPECT_STREQ(channel.child_value("title"), "\"A\" <b> & ']]>");
    EXPECT_STREQ(channel.child_value("link"),
                 "https://radio.example.org/dvr/kpcc/fri/20:30/1hr/The%20Show.html");
    EXPECT_STREQ(channel.child("atom:link").attribute("href").value(),
                 "https://radio.example.org/dvr/kpcc/fri/20:30/1hr/The%20Show.xml");
    EXPECT_STREQ(channel.child_value("itunes:author"), "K<P>&CC");
    EXPECT_STREQ(channel.child_value("description"),
                 "Fridays from 20:30, 60 min, on K<P>&CC, as it was broadcast.");
    EXPECT_STREQ(channel.child_value("lastBuildDate"), "Fri, 20 Nov 2026 20:32:00 GMT");
    EXPECT_STREQ(channel.child_value("pubDate"), "Fri, 20 Nov 2026 19:30:00 GMT");
    EXPECT_THAT(channel.child("itunes:image").attribute("href").value(),
                HasSubstr("https://radio.example.org/dvr/icon/%22A%22%20%3Cb%3E"));
}

TEST_F(FeedTest, RssHasAllOfAnEpisode) {
    const pugi::xml_node item = Channel().child("item");
    const char* url = "https://radio.example.org/dvr/kpcc/slices/kpcc-20261120192800Z_64.mp3";
    EXPECT_THAT(item.child_value("title"), HasSubstr("Friday 20 November 2026"));
    EXPECT_STREQ(item.child_value("description"),
                 "On the air on Friday 20 November 2026 at 20:30 (CET).");
    EXPECT_STREQ(item.child_value("pubDate"), "Fri, 20 Nov 2026 19:30:00 GMT");
    EXPECT_STREQ(item.child_value("guid"), "aircheck:kpcc:20261120T193000Z:3600");
    EXPECT_STREQ(item.child("guid").attribute("isPermaLink").value(), "false");
    EXPECT_STREQ(item.child("enclosure").attribute("url").value(), url);
    EXPECT_STREQ(item.child("enclosure").attribute("length").value(), "61440417");
    EXPECT_STREQ(item.child("enclosure").attribute("type").value(), "audio/mpeg");
    EXPECT_STREQ(item.child_value("itunes:duration"), "3840");
    EXPECT_STREQ(item.child("media:content").attribute("url").value(), url);
    EXPECT_STREQ(item.child("media:content").attribute("fileSize").value(), "61440417");
    EXPECT_STREQ(item.child("podcast:chapters").attribute("url").value(),
                 "https://radio.example.org/dvr/kpcc/chapters/kpcc-20261120192800Z_64.json");
    const pugi::xml_node older = item.next_sibling("item");
    EXPECT_TRUE(older.child("podcast:chapters").empty());
    EXPECT_THAT(older.child_value("description"), HasSubstr("1 s of it are missing"));
    EXPECT_TRUE(older.next_sibling("item").empty());
}

TEST_F(FeedTest, RssHasTheGuidOfPodcasting20) {
    feed_.base = "https://";
    feed_.path = "mp3s.nashownotes.com/pc20rss";
    const pugi::xml_node channel = Channel();
    const std::string with_extension = channel.child_value("podcast:guid");
    feed_.base = "http://";
    EXPECT_EQ(Channel().child_value("podcast:guid"), with_extension);
    // uuid.uuid5(…, "mp3s.nashownotes.com/pc20rss.xml") of Python
    EXPECT_EQ(with_extension, "917393e3-1b1e-5cef-ace4-edaa54e1f810");
}

TEST_F(FeedTest, RssIsWellFormedWhateverTheNames) {
    feed_.show.name = "\xef\xbf\xbf\xef\xbf\xbe<![CDATA[ x ]]> \xc3\xa9";
    EXPECT_STREQ(Channel().child_value("title"), "  <![CDATA[ x ]]> \xc3\xa9");
    feed_.episodes.clear();
    feed_.changed = {};
    const pugi::xml_node channel = Channel();
    EXPECT_TRUE(channel.child("item").empty());
    EXPECT_TRUE(channel.child("lastBuildDate").empty());
}

TEST_F(FeedTest, PlaylistsListTheEpisodes) {
    feed_.show.name = "The Show";
    EXPECT_THAT(M3u(feed_),
                testing::StartsWith(
                    "#EXTM3U\n#PLAYLIST:The Show\n"
                    "#EXTINF:3840,The Show, Friday 20 November 2026\n"
                    "https://radio.example.org/dvr/kpcc/slices/kpcc-20261120192800Z_64.mp3\n"));
    const std::string pls = Pls(feed_);
    EXPECT_THAT(pls, testing::StartsWith("[playlist]\nFile1=https://radio.example.org/"));
    EXPECT_THAT(pls, HasSubstr("Title2=The Show, Friday 13 November 2026\nLength2=3840\n"));
    EXPECT_THAT(pls, testing::EndsWith("NumberOfEntries=2\nVersion=2\n"));
}

TEST_F(FeedTest, PageEscapesEverything) {
    const std::string page = ShowPage(feed_);
    EXPECT_THAT(page, Not(HasSubstr("<b>")));
    EXPECT_THAT(page, Not(HasSubstr("<P>")));
    EXPECT_THAT(page, HasSubstr("<h1>&quot;A&quot; &lt;b&gt; &amp; &#39;]]&gt;</h1>"));
    EXPECT_THAT(page, HasSubstr("aria-label=\"&quot;A&quot; &lt;b&gt;"));
    EXPECT_THAT(page, HasSubstr("type=\"application/rss+xml\""));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    feed_.episodes.clear();
    EXPECT_THAT(ShowPage(feed_), HasSubstr("No episode"));
}

}  // namespace
}  // namespace aircheck::webapi
