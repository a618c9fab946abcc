// SPDX-License-Identifier: MIT
#include "webapi/feeds/feed_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <pugixml.hpp>

#include <atomic>
#include <future>
#include <thread>

#include "tests/unit/webapi/fake_recording.h"
#include "tests/unit/webapi/http/loopback.h"
#include "webapi/api.h"
#include "webapi/http/listen.h"
#include "webapi/http/server.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::uint32_t kFrames = 23'000;  // a bit more than ten minutes

/// Goes on by a microsecond whenever somebody looks at it.
class PassingClock final : public time::Clock {
public:
    explicit PassingClock(time::SysTime now) : start_(now) {}

    time::SysTime Now() const noexcept override { return start_ + Passed(); }
    time::SteadyTime Steady() const noexcept override { return time::SteadyTime(1h) + Passed(); }

private:
    time::Micros Passed() const { return time::Micros(++looks_); }

    const time::SysTime start_;
    mutable std::atomic<int> looks_ = 0;
};

/// Three evenings from 20:00 on, the last one a Friday; it is 22:00.
class FeedHandlerTest : public testing::Test {
protected:
    FeedHandlerTest() {
        for (int evening = 0; evening < 3; ++evening) {
            const std::string take = "00000000000" + std::to_string(evening);
            const time::SysTime start = evening_ - std::chrono::days{2 - evening};
            recording_.AddTake(take, start);
            recording_.AddSegment(take, 0, start, 0, kFrames);
            recording_.catalog().EndTake(take, start + 10min, "stopped");
            recording_.catalog().AddTitle({"kpcc", start + 4min, take, "A song", ""});
        }
        config_.storage = recording_.layout().root();
        auto& station = config_.stations.emplace_back();
        station.callsign = "kpcc";
        station.name = "KPCC";
        station.timezone = "UTC";
        auto listeners = BindListeners({"127.0.0.1", 0});
        port_ = PortOf(listeners.front().get());
        server_.Listen(std::move(listeners.front()));
        thread_ = std::thread([this] { loop_.run(); });
    }

    ~FeedHandlerTest() override {
        std::promise<void> finished;
        asio::post(loop_, [&] { server_.Stop([&finished] { finished.set_value(); }); });
        EXPECT_EQ(finished.get_future().wait_for(20s), std::future_status::ready);
        asio::post(loop_, [this] { loop_.stop(); });
        thread_.join();
    }

    std::string Get(const std::string& target, const std::string& headers = "",
                    const std::string& method = "GET") const {
        return Client::Get(port_, target, headers, method);
    }

    /// The path of a URL.
    static std::string PathOf(const std::string& url) { return url.substr(url.find('/', 8)); }

    pugi::xml_node Channel(const std::string& target) {
        const auto result = document_.load_string(BodyOf(Get(target)).c_str());
        EXPECT_TRUE(result) << result.description();
        return document_.child("rss").child("channel");
    }

    std::size_t Episodes(const std::string& target) {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& item : Channel(target).children("item")) ++count;
        return count;
    }

    const time::SysTime evening_ = At("20261120T200000Z");
    FakeRecording recording_;
    config::Config config_;
    asio::io_context loop_;
    PassingClock clock_{evening_ + 2h};
    Vitals vitals_{clock_};
    CatalogReader reader_{recording_.layout()};
    SoundSource source_{reader_};
    LiveHub hub_{loop_, clock_, source_};
    DiskUsage disk_{loop_, reader_, {"kpcc"}};
    Api api_{{config_, clock_, reader_, source_, hub_, vitals_, disk_, "some-id", clock_.Steady()}};
    Server server_{loop_, time::SystemClock(), Limits{},
                   [this](Request& request) { return api_.Dispatch(request); }};
    pugi::xml_document document_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

TEST_F(FeedHandlerTest, FindsTheEpisodesOfTheWeekdays) {
    EXPECT_EQ(Episodes("/kpcc/daily/20:03/5min/Show.xml"), 3u);
    EXPECT_EQ(Episodes("/kpcc/fri/20:03/5min/Show.xml"), 1u);
    EXPECT_EQ(Episodes("/kpcc/wed,fri/8:03pm/5min/Show.xml"), 2u);
    EXPECT_EQ(Episodes("/kpcc/wed-thu/20:03/5min/Show.xml"), 2u);
    EXPECT_EQ(Episodes("/kpcc/weekend/20:03/5min/Show.xml"), 0u);
    EXPECT_EQ(Episodes("/kpcc/daily/9:00/5min/Show.xml"), 0u);
    EXPECT_EQ(Episodes("/daily/20:03/5min/Show.xml"), 3u) << "there is one station";
    EXPECT_EQ(Episodes("/daily_20:03/5min/Show.xml"), 3u);
    EXPECT_EQ(Episodes("/kpcc/wed,fri_8:03_pm/5min/Show.xml"), 2u);
}

TEST_F(FeedHandlerTest, EnclosuresAreAsLongAsTheyClaim) {
    const pugi::xml_node channel = Channel("/kpcc/daily/20:03/5min/My_Show.xml");
    EXPECT_STREQ(channel.child_value("title"), "My Show");
    EXPECT_STREQ(channel.child("atom:link").attribute("href").value(),
                 "http://x/kpcc/daily/20:03/5min/My_Show.xml");
    for (const auto& item : channel.children("item")) {
        const std::string path = PathOf(item.child("enclosure").attribute("url").value());
        const std::string answer = Get(path);
        EXPECT_EQ(StatusOf(answer), 200) << path;
        EXPECT_EQ(item.child("enclosure").attribute("length").as_ullong(), BodyOf(answer).size());
        EXPECT_EQ(HeaderOf(answer, "Content-Type"),
                  item.child("enclosure").attribute("type").value());
        EXPECT_EQ(HeaderOf(Get(path, "", "HEAD"), "Content-Length"),
                  std::to_string(BodyOf(answer).size()));
        const std::string chapters =
            PathOf(item.child("podcast:chapters").attribute("url").value());
        const json::value told = json::parse(BodyOf(Get(chapters)));
        ASSERT_EQ(told.at("chapters").as_array().size(), 1u) << chapters;
        EXPECT_EQ(told.at("chapters").as_array()[0].at("title").as_string(), "A song");
        EXPECT_NEAR(told.at("chapters").as_array()[0].at("startTime").to_number<double>(), 180, 1);
    }
}

TEST_F(FeedHandlerTest, HasEveryForm) {
    const std::string show = "/kpcc/daily/20:03/5min/My_Show";
    for (const auto& [extension, type] :
         {std::pair{".xml", "application/rss+xml; charset=utf-8"},
          std::pair{".m3u", "audio/x-mpegurl; charset=utf-8"},
          std::pair{".pls", "audio/x-scpls; charset=utf-8"},
          std::pair{".html", "text/html; charset=utf-8"}, std::pair{".mp3", "audio/mpeg"},
          std::pair{".aac", "audio/mpeg"}, std::pair{".MP3", "audio/mpeg"}}) {
        const std::string answer = Get(show + extension);
        EXPECT_EQ(StatusOf(answer), 200) << extension;
        EXPECT_EQ(HeaderOf(answer, "Content-Type"), type) << extension;
        const std::string head = Get(show + extension, "", "HEAD");
        EXPECT_EQ(BodyOf(head), "") << extension;
        EXPECT_EQ(HeaderOf(head, "Content-Length"), std::to_string(BodyOf(answer).size()));
        EXPECT_EQ(HeaderOf(head, "ETag"), HeaderOf(answer, "ETag"));
        const std::string again =
            Get(show + extension, "If-None-Match: " + HeaderOf(answer, "ETag") + "\r\n");
        EXPECT_EQ(StatusOf(again), 304) << extension;
        EXPECT_EQ(StatusOf(Get(show + extension,
                               "If-Modified-Since: " + HeaderOf(answer, "Last-Modified") + "\r\n")),
                  304)
            << extension;
    }
    const std::string latest = Get(show + ".mp3");
    EXPECT_EQ(HeaderOf(latest, "X-Start").substr(0, 16), "2026-11-20T20:01");
    EXPECT_EQ(HeaderOf(latest, "Cache-Control"), "no-cache");
    EXPECT_EQ(StatusOf(Get(show + ".mp3", "Range: bytes=0-99\r\n")), 206);
    EXPECT_EQ(StatusOf(Get("/kpcc/daily/9:00/5min/Show.mp3")), 404);
    EXPECT_EQ(StatusOf(Get("/kpcc/daily/9:00/5min/Show.xml")), 200);
}

TEST_F(FeedHandlerTest, LeavesOutWhatIsAboutToBeDeleted) {
    EXPECT_EQ(Episodes("/kpcc/daily/20:03/5min/Show.xml"), 3u);
    std::promise<void> set;
    asio::post(loop_, [&] {
        config_.stations[0].disk_archive = std::chrono::hours{30};
        set.set_value();
    });
    set.get_future().wait();
    EXPECT_EQ(Episodes("/kpcc/daily/20:03/5min/Show.xml"), 2u);
    // That is a change, too: the third one went at 2:01, six hours after the second was over.
    EXPECT_STREQ(Channel("/kpcc/daily/20:03/5min/Show.xml").child_value("lastBuildDate"),
                 "Fri, 20 Nov 2026 20:10:00 GMT");
    EXPECT_STREQ(Channel("/kpcc/wed,thu/20:03/5min/Show.xml").child_value("lastBuildDate"),
                 "Fri, 20 Nov 2026 02:01:00 GMT");
}

TEST_F(FeedHandlerTest, NeverCallsEpisodesGoneThatTheCatalogDoesNotKnowYet) {
    recording_.catalog().SetValue("unknown.kpcc", "3");
    EXPECT_EQ(StatusOf(Get("/kpcc/daily/20:03/5min/Show.xml")), 503);
    recording_.catalog().RemoveValue("unknown.kpcc");
    EXPECT_EQ(StatusOf(Get("/kpcc/daily/20:03/5min/Show.xml")), 200);
}

TEST_F(FeedHandlerTest, RefusesWhatItCannotUnderstand) {
    for (const auto& [target, status, hint] : {
             std::tuple{"/kpcc/funday/20:03/5min/Show.xml", 404, "Did you mean sunday?"},
             std::tuple{"/kpcc/funday_20:03/5min/Show.xml", 404, "Did you mean sunday?"},
             std::tuple{"/kpcc/stream/20:03/5min/Show.xml", 404, "mon-fri"},
             std::tuple{"/kpcc/mon/whenever/5min/Show.xml", 400, "2pm"},
             std::tuple{"/kpcc/mon/20:03/long/Show.xml", 400, "90min"},
             std::tuple{"/kpcc/mon/20:03/2d/Show.xml", 400, "a day at most"},
             std::tuple{"/kpcc/mon_whenever/5min/Show.xml", 400, "2pm"},
             std::tuple{"/kpcc/mon/20:03/5min/Show", 404, ".m3u"},
             std::tuple{"/kpcc/mon/20:03/5min/Show.exe", 404, ".m3u"},
             std::tuple{"/kpcc/mon/20:03/5min/_.xml", 400, "name"},
             std::tuple{"/kpcc/mon/whenever/5min", 400, "monday_2pm"},
             std::tuple{"/kpcc/mon/20:03/long", 400, "90min"},
             std::tuple{"/kpcc/funday/20:03/5min", 404, "Did you mean sunday?"},
             std::tuple{"/kpc/mon/20:03/5min/Show.xml", 404, "Did you mean kpcc?"},
             std::tuple{"/kpcc/chapters/x.json", 400, "callsign"},
             std::tuple{"/kpcc/chapters/202611202001_6", 404, ".json"},
             std::tuple{"/icon/x.png", 404, "{pixels}"},
             std::tuple{"/icon/x_99999.png", 404, "16 to 3000"},
         }) {
        const std::string answer = Get(target);
        EXPECT_EQ(StatusOf(answer), status) << target;
        const json::value told = json::parse(BodyOf(answer));
        EXPECT_THAT(std::string(told.at("hint").as_string()), HasSubstr(hint)) << target;
    }
    EXPECT_EQ(StatusOf(Get("/kpcc/mon/20:03/5min/Show.xml", "", "POST")), 405);
}

TEST_F(FeedHandlerTest, WeekdaysAreSlicesToo) {
    const std::string wanted = BodyOf(Get("/kpcc/slices/202611202003_5.mp3"));
    EXPECT_TRUE(BodyOf(Get("/kpcc/fri/20:03/5min")) == wanted);
    EXPECT_TRUE(BodyOf(Get("/fri/8:03pm/5min")) == wanted);
    EXPECT_TRUE(BodyOf(Get("/kpcc/daily/20:03/5min")) == wanted);
    EXPECT_TRUE(BodyOf(Get("/kpcc/wed,fri/20:03/5min")) == wanted);
    EXPECT_EQ(HeaderOf(Get("/kpcc/thu/20:03/5min"), "X-Start").substr(0, 10), "2026-11-19");
    // "10pm on Friday" has just begun; "11pm" was a week ago.
    EXPECT_EQ(StatusOf(Get("/kpcc/fri/22:00/5min")), 425);
    EXPECT_EQ(StatusOf(Get("/kpcc/fri/23:00/5min")), 404);
}

TEST_F(FeedHandlerTest, PaintsPictures) {
    const std::string answer = Get("/icon/My_Show_64.png");
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(HeaderOf(answer, "Content-Type"), "image/png");
    EXPECT_THAT(BodyOf(answer), EndsWith("IEND\xae\x42\x60\x82"));
    EXPECT_EQ(BodyOf(Get("/icon/My%20Show_64.png")), BodyOf(answer));
    const std::string etag = HeaderOf(answer, "ETag");
    EXPECT_EQ(StatusOf(Get("/icon/My_Show_64.png", "If-None-Match: " + etag + "\r\n")), 304);
    EXPECT_EQ(BodyOf(Get("/icon/My_Show_64.png", "", "HEAD")), "");
    // More than are kept, and the first one again.
    for (int i = 0; i < 300; ++i)
        ASSERT_EQ(StatusOf(Get("/icon/" + std::to_string(i) + "_16.png")), 200);
    EXPECT_EQ(BodyOf(Get("/icon/My_Show_64.png")), BodyOf(answer));
}

}  // namespace
}  // namespace aircheck::webapi
