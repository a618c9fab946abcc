// SPDX-License-Identifier: MIT
#include "downloader/playlist.h"

#include <gtest/gtest.h>

namespace aircheck::downloader {
namespace {

using Urls = std::vector<std::string>;

constexpr std::string_view kBase = "http://radio.example/listen/station.pls?sid=1";

TEST(Playlist, DetectsByBytesTypeAndUrl) {
    struct Case {
        std::string_view type, url, bytes;
        std::optional<PlaylistKind> kind;
    };
    const std::vector<Case> cases{
        {"audio/x-scpls", "http://x/", "", PlaylistKind::kPls},
        {"Audio/X-Scpls; charset=utf-8", "http://x/", "", PlaylistKind::kPls},
        {"audio/mpegurl", "http://x/", "http://a/", PlaylistKind::kM3u},
        {"audio/x-mpegurl", "http://x/", "a.mp3", PlaylistKind::kM3u},
        {"application/vnd.apple.mpegurl", "http://x/", "#EXTM3U", PlaylistKind::kM3u},
        {"video/x-ms-asf", "http://x/", "<ASX version=\"3.0\">", PlaylistKind::kAsx},
        {"application/xspf+xml", "http://x/", "<?xml version=\"1.0\"?>", PlaylistKind::kXspf},
        // What it says it is matters less than what it is.
        {"audio/mpeg", "http://x/", "[Playlist]\nFile1=", PlaylistKind::kPls},
        {"text/html", "http://x/", "\xEF\xBB\xBF#EXTM3U\n", PlaylistKind::kM3u},
        {"text/plain", "http://x/", "http://a.example/live\n", PlaylistKind::kM3u},
        {"text/xml", "http://x/", "<?xml version='1.0'?>\n<playlist xmlns=", PlaylistKind::kXspf},
        {"text/plain", "http://x/", "\r\n<asx>", PlaylistKind::kAsx},
        {"audio/x-mpegurl", "http://x/", {"\xFF\xFB\x90\x44\0\0", 6}, std::nullopt},
        {"video/x-ms-asf", "http://x/", "\x30\x26\xB2\x75\x8E\x66\xCF\x11", std::nullopt},
        {"audio/x-scpls", "http://x/", "<html><h1>Not Found</h1>", std::nullopt},
        // The extension counts where the type says nothing.
        {"", "http://x/a.PLS", "", PlaylistKind::kPls},
        {"text/plain", "http://x/a.m3u?b=c.pls", "a", PlaylistKind::kM3u},
        {"application/octet-stream", "http://x/a.xspf#f", "", PlaylistKind::kXspf},
        {"audio/mpeg", "http://x/a.m3u", "", std::nullopt},
        {"audio/aac", "http://x/live", "", std::nullopt},
        {"", "http://x.pls/live", "", std::nullopt},
        {"", "", "", std::nullopt},
    };
    for (const Case& expected : cases)
        EXPECT_EQ(DetectPlaylist(expected.type, expected.url, expected.bytes), expected.kind)
            << expected.type << " " << expected.url << " " << expected.bytes;
}

TEST(Playlist, TellsHls) {
    EXPECT_TRUE(IsHls("#EXTM3U\r\n#EXT-X-VERSION:3\r\n"));
    EXPECT_TRUE(IsHls("#EXTM3U\n#EXTINF:-1,a\na\n#EXT-X-ENDLIST"));
    EXPECT_FALSE(IsHls("#EXTM3U\n#EXTINF:-1,a #EXT-X-\nhttp://a/"));
    EXPECT_FALSE(IsHls(""));
}

TEST(Playlist, ReadsPls) {
    EXPECT_EQ(
        ParsePlaylist(PlaylistKind::kPls,
                      "[playlist]\r\nNumberOfEntries=3\r\nfile10=http://c.example/\r\n"
                      "File2 = http://b.example/x;\r\nTitle1=one\r\nFILE1=http://a.example/\r\n"
                      "Length1=-1\r\nVersion=2",
                      kBase),
        (Urls{"http://a.example/", "http://b.example/x;", "http://c.example/"}));
}

TEST(Playlist, ReadsPlsThatIsOdd) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kPls,
                            "File=http://x/\nFileX=http://x/\nFile99999999999999999999=http://x/\n"
                            "File1\nFile2=\nFile3=ftp://x/\nFile4=https://y.example/",
                            kBase),
              Urls{"https://y.example/"});
}

TEST(Playlist, ReadsM3u) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u,
                            "\xEF\xBB\xBF#EXTM3U\r\n#EXTINF:-1,Radio\r\nhttp://a.example/1\r\n\r\n"
                            "# a comment\rhttps://b.example/2\n  HTTP://c.example/3  ",
                            kBase),
              (Urls{"http://a.example/1", "https://b.example/2", "http://c.example/3"}));
}

TEST(Playlist, ResolvesRelativeEntries) {
    EXPECT_EQ(
        ParsePlaylist(PlaylistKind::kM3u,
                      "live.mp3\n/live\n../up?x=1\n//other.example/y\n;stream.nsv\n?sid=2", kBase),
        (Urls{"http://radio.example/listen/live.mp3", "http://radio.example/live",
              "http://radio.example/up?x=1", "http://other.example/y",
              "http://radio.example/listen/;stream.nsv",
              "http://radio.example/listen/station.pls?sid=2"}));
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u, "a\nhttp://b.example/", ""),
              Urls{"http://b.example/"});
}

TEST(Playlist, MendsWhatStationsWrite) {
    EXPECT_EQ(
        ParsePlaylist(PlaylistKind::kM3u,
                      "http://a.example/my radio\nhttp://a.example/r\xC3\xA4\n"
                      "a.example:8000/live\nhttp://a.example/x#frag\n"
                      "http://user:word@a.example/",
                      kBase),
        (Urls{"http://a.example/my%20radio", "http://a.example/r%c3%a4",
              "http://a.example:8000/live", "http://a.example/x", "http://user:word@a.example/"}));
}

TEST(Playlist, LeavesOutWhatIsNotOfTheWeb) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u,
                            "mms://a/\nrtsp://a/\nfile:///etc/passwd\nftp://a/\nC:\\music\\a.mp3\n"
                            "javascript:alert(1)\nhttp://\nhttp://a b/\nhttp://a.example:99999/",
                            kBase),
              Urls{});
}

TEST(Playlist, LeavesOutControlCharactersAndSpacesThatStay) {
    using namespace std::string_view_literals;
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u,
                            "http://a.example/\0x\na.example/\x7F\na. b@c.example:80\n"
                            "http://a b@c.example/\nhttp://ok.example/"sv,
                            kBase),
              Urls{"http://ok.example/"});
}

TEST(Playlist, ReadsAsx) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kAsx,
                            "<ASX version=\"3.0\"><Title>x</Title><Entry>"
                            "<REF HREF=\"http://a.example/?x=1&amp;y=2\"/></Entry>"
                            "<entry><ref href='http://b.example/?x=1&y=2' /></entry>"
                            "<entryref href='more.asx'/></asx>",
                            kBase),
              (Urls{"http://a.example/?x=1&y=2", "http://b.example/?x=1&y=2",
                    "http://radio.example/listen/more.asx"}));
}

TEST(Playlist, ReadsXspf) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kXspf,
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n"
                            "<location>http://itself.example/</location><trackList>\n"
                            "<track><location>\n http://a.example/1 </location></track>\n"
                            "<track><title>b</title><location>2</location></track>\n"
                            "</trackList></playlist>",
                            kBase),
              (Urls{"http://a.example/1", "http://radio.example/listen/2"}));
}

TEST(Playlist, KeepsWhatBrokenXmlHeld) {
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kXspf,
                            "<playlist><track><location>http://a.example/</location></track><track",
                            kBase),
              Urls{"http://a.example/"});
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kAsx, "", kBase), Urls{});
}

TEST(Playlist, IsBounded) {
    std::string many;
    for (int i = 0; i < 1000; ++i) many += "http://a.example/" + std::to_string(i) + "\n";
    const Urls urls = ParsePlaylist(PlaylistKind::kM3u, many, kBase);
    EXPECT_EQ(urls.size(), kMaxPlaylistEntries);
    EXPECT_EQ(urls.back(), "http://a.example/63");

    const std::string late = std::string(kMaxPlaylistBytes, '\n') + "http://a.example/";
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u, late, kBase), Urls{});
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kM3u, "http://a/" + std::string(5000, 'x'), kBase),
              Urls{});
    std::string deep;
    for (int i = 0; i < 20000; ++i) deep += "<a>";
    EXPECT_EQ(ParsePlaylist(PlaylistKind::kXspf, deep, kBase), Urls{});
}

}  // namespace
}  // namespace aircheck::downloader
