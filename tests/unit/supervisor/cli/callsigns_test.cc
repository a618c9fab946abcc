// SPDX-License-Identifier: MIT
#include "supervisor/cli/callsigns.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "common/storage/paths.h"

namespace aircheck::cli {
namespace {

std::string CallsignOf(const std::string& url) {
    return MakeCallsigns({CheckStreamUrl(url)})[0];
}

TEST(Callsigns, AreTheTellingWordsOfTheUrl) {
    EXPECT_EQ(CallsignOf("https://stream.example.org/kpcc.mp3"), "kpcc");
    EXPECT_EQ(CallsignOf("http://127.0.0.1:8000/clock.mp3"), "clock");
    EXPECT_EQ(CallsignOf("https://ice1.somafm.com/groovesalad-128-mp3"), "groovesalad");
    EXPECT_EQ(CallsignOf("http://kexp.streamguys1.com/kexp64.aac"), "kexp64");
    EXPECT_EQ(CallsignOf("https://example.org/Radio1/live/stream.m3u8"), "radio1");
    EXPECT_EQ(CallsignOf("http://www.wfmu.org/wfmu_rock.pls"), "wfmu-rock");
    EXPECT_EQ(CallsignOf("https://orf-live.ors-shoutcast.at/fm4-q2a"), "fm4-q2a");
    EXPECT_EQ(CallsignOf("http://stream.example.org/"), "example");
    EXPECT_EQ(CallsignOf("http://stream.example.org:8000/;"), "example");
    EXPECT_EQ(CallsignOf("http://10.0.0.7:8000/stream"), "station");
    EXPECT_EQ(CallsignOf("http://[::1]:8000/"), "station");
    EXPECT_EQ(CallsignOf("localhost:8000/night%20music.ogg"), "night-music");
}

TEST(Callsigns, AreNeverWordsOfTheWebApi) {
    for (const std::string word : {"heartbeat", "stats", "monday", "slices", "run"}) {
        const auto callsign = CallsignOf("http://example.org/" + word);
        EXPECT_TRUE(storage::IsCallsign(callsign)) << callsign;
    }
}

TEST(Callsigns, AreValidWhateverTheUrl) {
    for (const std::string path : {"%ff%fe", "---", "%00", "\xc3\xa4", "a%2fb", "_._"}) {
        std::string url;
        try {
            url = CheckStreamUrl("http://example.org/" + path);
        } catch (const std::invalid_argument&) {
            continue;
        }
        EXPECT_TRUE(storage::IsCallsign(MakeCallsigns({url})[0])) << path;
    }
    const auto url = CheckStreamUrl("http://example.org/" + std::string(500, 'x') + "-y");
    EXPECT_TRUE(storage::IsCallsign(MakeCallsigns({url})[0]));
}

TEST(Callsigns, AreAllDifferent) {
    EXPECT_EQ(MakeCallsigns({"http://a.org/kpcc", "http://b.org/kpcc", "http://c.org/kpcc-2",
                             "http://d.org/kpcc.mp3"}),
              (std::vector<std::string>{"kpcc", "kpcc-2", "kpcc-3", "kpcc-4"}));
}

TEST(StreamUrl, WithoutASchemeIsHttp) {
    EXPECT_EQ(CheckStreamUrl("stream.example.org:8000/live"),
              "http://stream.example.org:8000/live");
    EXPECT_EQ(CheckStreamUrl(" HTTPS://example.org/x "), "HTTPS://example.org/x");
}

TEST(StreamUrl, BadOnesAreRefused) {
    for (const std::string url :
         {"", "   ", "http://", "http:///x", "ftp://example.org/x", "file:///etc/passwd",
          "http://exa mple.org/", "http://example.org:99999/", "http://example.org:x/", "://x",
          "http://[::1/"}) {
        EXPECT_THROW(CheckStreamUrl(url), std::invalid_argument) << url;
    }
}

}  // namespace
}  // namespace aircheck::cli
