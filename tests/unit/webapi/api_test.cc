// SPDX-License-Identifier: MIT
#include "webapi/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <future>
#include <thread>

#include "tests/unit/webapi/fake_recording.h"
#include "tests/unit/webapi/http/loopback.h"
#include "webapi/http/json_text.h"
#include "webapi/http/listen.h"
#include "webapi/http/server.h"
#include "webapi/page/page.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// The whole web API over a recording of the last two minutes, asked through sockets.
class ApiTest : public testing::Test {
protected:
    ApiTest() {
        now_ = std::chrono::floor<std::chrono::seconds>(time::SystemClock().Now());
        start_ = now_ - 120s;
        recording_.AddTake("00000000000a", start_);
        first_ = recording_.AddSegment("00000000000a", 0, start_, 0, 2000);
        open_ = recording_.AddSegment("00000000000a", 1, first_.end, 2000, 2500, true);
        config_.storage = recording_.layout().root();
        auto& station = config_.stations.emplace_back();
        station.callsign = "kpcc";
        station.name = "K<P>CC";
        station.timezone = "UTC";

        auto listeners = BindListeners({"127.0.0.1", 0});
        port_ = PortOf(listeners.front().get());
        server_.Listen(std::move(listeners.front()));
        thread_ = std::thread([this] { loop_.run(); });
    }

    ~ApiTest() override {
        std::promise<void> finished;
        asio::post(loop_, [&] { server_.Stop([&finished] { finished.set_value(); }); });
        EXPECT_EQ(finished.get_future().wait_for(20s), std::future_status::ready);
        asio::post(loop_, [this] { loop_.stop(); });
        thread_.join();
    }

    /// A path to [start + from, start + from + seconds).
    std::string Path(int from, int seconds) const {
        std::string digits = time::FormatBasic(start_ + std::chrono::seconds{from});
        std::erase(digits, 'T');
        std::erase(digits, 'Z');
        return "/kpcc/slices/kpcc-" + digits + "_" + std::to_string(seconds) + "s.mp3";
    }

    std::string Get(const std::string& target, const std::string& headers = "",
                    const std::string& method = "GET") const {
        return Client::Get(port_, target, headers, method);
    }

    json::object GetJson(const std::string& target) const {
        const json::value value = json::parse(BodyOf(Get(target)));
        return value.is_object() ? value.as_object() : json::object{};
    }

    time::SysTime now_;
    time::SysTime start_;
    FakeRecording recording_;
    catalog::Segment first_;
    catalog::Segment open_;
    config::Config config_;
    asio::io_context loop_;
    Vitals vitals_{time::SystemClock()};
    CatalogReader reader_{recording_.layout()};
    SoundSource source_{reader_};
    LiveHub hub_{loop_, time::SystemClock(), source_};
    DiskUsage disk_{loop_, reader_, {"kpcc"}};
    Api api_{{config_, time::SystemClock(), reader_, source_, hub_, vitals_, disk_, "some-id",
              time::SystemClock().Steady()}};
    Server server_{loop_, time::SystemClock(), Limits{},
                   [this](Request& request) { return api_.Dispatch(request); }};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

TEST_F(ApiTest, ServesASliceAcrossSegments) {
    const std::string answer = Get(Path(0, 60));
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(HeaderOf(answer, "Content-Type"), "audio/mpeg");
    EXPECT_EQ(HeaderOf(answer, "Accept-Ranges"), "bytes");
    EXPECT_EQ(HeaderOf(answer, "X-Gaps"), "");
    EXPECT_EQ(HeaderOf(answer, "X-Complete"), "");
    EXPECT_EQ(HeaderOf(answer, "X-Start"), time::FormatIso(start_));
    EXPECT_EQ(HeaderOf(answer, "Content-Length"), std::to_string(BodyOf(answer).size()));
    EXPECT_TRUE(BodyOf(answer) == FakeFrames(0, 2297));
    EXPECT_EQ(BodyOf(Get(Path(0, 60), "", "HEAD")), "");
    EXPECT_TRUE(BodyOf(Get(Path(0, 60).substr(5))) == BodyOf(answer));  // without the callsign
}

TEST_F(ApiTest, AsksClientsToComeAgainWhileTheCatalogCannotBeRead) {
    const auto path = recording_.layout().Catalog();
    std::filesystem::rename(path, path.string() + ".aside");
    std::ofstream(path).flush();
    const std::string answer = Get(Path(0, 60));
    EXPECT_EQ(StatusOf(answer), 503);
    EXPECT_EQ(HeaderOf(answer, "Retry-After"), "5");
    std::filesystem::rename(path.string() + ".aside", path);
    EXPECT_EQ(StatusOf(Get(Path(0, 60))), 200);
}

TEST_F(ApiTest, DoesNotCallAHoleWhatTheCatalogDoesNotKnowYet) {
    catalog::Catalog catalog(recording_.layout().Catalog(), catalog::Catalog::Mode::kReadWrite);
    catalog.SetValue("unknown.kpcc", "3");
    EXPECT_EQ(StatusOf(Get(Path(-7200, 60))), 503);
    EXPECT_EQ(StatusOf(Get(Path(0, 60))), 200) << "it is all there";
    catalog.RemoveValue("unknown.kpcc");
    EXPECT_EQ(StatusOf(Get(Path(-7200, 60))), 404);
}

TEST_F(ApiTest, ServesRangesAndConditions) {
    const std::string whole = Get(Path(0, 60));
    const std::string size = HeaderOf(whole, "Content-Length");
    const std::string part = Get(Path(0, 60), "Range: bytes=835900-836100\r\n");
    EXPECT_EQ(StatusOf(part), 206);
    EXPECT_EQ(HeaderOf(part, "Content-Range"), "bytes 835900-836100/" + size);
    EXPECT_EQ(BodyOf(part), BodyOf(whole).substr(835900, 201));
    const std::string tail = Get(Path(0, 60), "Range: bytes=-10\r\n");
    EXPECT_EQ(BodyOf(tail), BodyOf(whole).substr(BodyOf(whole).size() - 10));
    const std::string none = Get(Path(0, 60), "Range: bytes=99999999-\r\n");
    EXPECT_EQ(StatusOf(none), 416);
    EXPECT_EQ(HeaderOf(none, "Content-Range"), "bytes */" + size);

    const std::string etag = HeaderOf(whole, "ETag");
    const std::string same = Get(Path(0, 60), "If-None-Match: " + etag + "\r\n");
    EXPECT_EQ(StatusOf(same), 304);
    EXPECT_EQ(HeaderOf(same, "ETag"), etag);
    EXPECT_EQ(StatusOf(Get(Path(0, 60), "If-Range: \"x\"\r\nRange: bytes=0-1\r\n")), 200);
    EXPECT_EQ(StatusOf(Get(Path(0, 60), "If-Range: " + etag + "\r\nRange: bytes=0-1\r\n")), 206);
}

TEST_F(ApiTest, ServesSeveralRangesAtOnce) {
    const std::string whole = BodyOf(Get(Path(0, 60)));
    const std::string size = std::to_string(whole.size());
    const std::string answer = Get(Path(0, 60), "Range: bytes=-7, 10-19, 835900-836100\r\n");
    EXPECT_EQ(StatusOf(answer), 206);
    EXPECT_EQ(HeaderOf(answer.substr(0, answer.find("\r\n\r\n") + 2), "Content-Range"), "");
    const std::string type = HeaderOf(answer, "Content-Type");
    const std::string begin = "multipart/byteranges; boundary=";
    ASSERT_TRUE(type.starts_with(begin)) << type;
    const std::string border = "\r\n--" + type.substr(begin.size());
    std::string expected;
    for (const auto& [first, bytes] :
         {std::pair{10, 10}, {835900, 201}, {static_cast<int>(whole.size()) - 7, 7}}) {
        expected += border + "\r\nContent-Type: audio/mpeg\r\nContent-Range: bytes " +
                    std::to_string(first) + "-" + std::to_string(first + bytes - 1) + "/" + size +
                    "\r\n\r\n" +
                    whole.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(bytes));
    }
    expected += border + "--\r\n";
    EXPECT_TRUE(BodyOf(answer) == expected);
    EXPECT_EQ(HeaderOf(answer, "Content-Length"), std::to_string(expected.size()));

    const std::string joined = Get(Path(0, 60), "Range: bytes=5-9,0-4\r\n");
    EXPECT_EQ(HeaderOf(joined, "Content-Range"), "bytes 0-9/" + size);
    EXPECT_EQ(BodyOf(joined), whole.substr(0, 10));
    const std::string head = Get(Path(0, 60), "Range: bytes=0-1,5-6\r\n", "HEAD");
    EXPECT_EQ(StatusOf(head), 200);
    EXPECT_EQ(HeaderOf(head, "Content-Length"), size);
    EXPECT_EQ(StatusOf(Get(Path(0, 60), "Range: bytes=99999999-,999999999-\r\n")), 416);
}

TEST_F(ApiTest, DescribesEveryRouteAndAnswersItsExample) {
    const json::object document = GetJson("/openapi.json");
    EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
    const json::object& paths = document.at("paths").as_object();
    const json::object& shared = document.at("components").at("parameters").as_object();
    EXPECT_EQ(paths.size(), api_.router().routes().size());
    for (const Route& route : api_.router().routes()) {
        ASSERT_TRUE(paths.contains(route.pattern)) << route.pattern;
        const json::object& path = paths.at(route.pattern).as_object();
        EXPECT_TRUE(path.contains("get")) << route.pattern;
        EXPECT_EQ(path.contains("post"), route.methods.find("POST") != std::string::npos);
        std::string example = route.pattern;
        for (const json::value& item : path.at("parameters").as_array()) {
            const json::object* parameter = &item.as_object();
            if (const json::value* reference = parameter->if_contains("$ref")) {
                const std::string at(reference->as_string());
                parameter = &shared.at(at.substr(at.rfind('/') + 1)).as_object();
            }
            EXPECT_FALSE(parameter->at("description").as_string().empty()) << route.pattern;
            const std::string braced = "{" + std::string(parameter->at("name").as_string()) + "}";
            const std::string value(parameter->at("example").as_string());
            example.replace(example.find(braced), braced.size(), value);
        }
        EXPECT_EQ(example.find('{'), std::string::npos) << example;
        // Nobody may operate it from behind a proxy.
        const int status = StatusOf(Get(example, "X-Forwarded-For: 192.0.2.1\r\n", "HEAD"));
        const bool no_supervisor = status == 503 && example == "/dolist";
        EXPECT_TRUE(status == 200 || no_supervisor || (status == 405 && path.contains("post")))
            << example;
    }
}

TEST_F(ApiTest, OffersDownloadsByASafeName) {
    std::string path = Path(0, 10);
    path.resize(path.size() - 4);
    const std::string answer = Get(path + "/my%20%22show%22.aac");
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(HeaderOf(answer, "Content-Disposition"),
              "attachment; filename=\"my _show_.mp3\"; filename*=UTF-8''my%20%22show%22.mp3");
}

TEST_F(ApiTest, SaysWhenThereIsNothing) {
    const std::string before = Get(Path(-3600, 60));
    EXPECT_EQ(StatusOf(before), 404);
    const json::value value = json::parse(BodyOf(before));
    EXPECT_EQ(value.at("result"), json::value(false));
    EXPECT_EQ(value.at("after").at("start").as_string(), time::FormatIso(start_));
    EXPECT_EQ(StatusOf(Get(std::string(value.at("after").at("url").as_string()))), 200);
    EXPECT_EQ(StatusOf(Get(Path(3600, 60))), 425);
    const std::string partly = Get(Path(60, 600));
    EXPECT_EQ(StatusOf(partly), 200);
    EXPECT_EQ(HeaderOf(partly, "X-Complete"), "no");
    EXPECT_EQ(HeaderOf(partly, "Cache-Control"), "no-cache");
    EXPECT_EQ(HeaderOf(Get(Path(-30, 60)), "X-Gaps"), "1; 30.0s");
}

TEST_F(ApiTest, AnswersInfoInsteadOfSound) {
    const json::object info = GetJson(Path(0, 60) + "?info");
    EXPECT_EQ(info.at("pieces").as_array().size(), 2u);
    EXPECT_EQ(info.at("bitrate").as_int64(), 128);
    EXPECT_EQ(info.at("codec").as_string(), "mpeg");
    EXPECT_EQ(info.at("complete"), json::value(true));
    EXPECT_EQ(HeaderOf(Get(Path(0, 60), "Accept: application/json\r\n"), "Content-Type"),
              "application/json");
}

TEST_F(ApiTest, UnderstandsSpokenTimes) {
    EXPECT_EQ(StatusOf(Get("/kpcc/at/-1min/10s")), 200);
    EXPECT_EQ(StatusOf(Get("/at/-1min/10s")), 200);
    EXPECT_EQ(HeaderOf(Get("/kpcc/at/-1min/10s"), "Cache-Control"), "no-cache");
    for (const char* path :
         {"/kpcc/at/never/10s", "/kpcc/at/-1min/long", "/kpcc/slices/x", "/kpcc/slices/2026_1",
          "/kpcc/slices/202611202030_999999999999", "/kpcc/live/whenever"}) {
        const std::string answer = Get(path);
        EXPECT_EQ(StatusOf(answer), 400) << path;
        EXPECT_FALSE(json::parse(BodyOf(answer)).at("hint").as_string().empty()) << path;
    }
}

TEST_F(ApiTest, PlaysLiveFromThePast) {
    Client client(port_);
    client.Send("GET /kpcc/live/-1min HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string head = client.ReceiveUntil("\r\n\r\n");
    EXPECT_EQ(HeaderOf(head, "Connection"), "close");
    EXPECT_EQ(HeaderOf(head, "Content-Length"), "");
    EXPECT_EQ(HeaderOf(head, "icy-name"), "K<P>CC");
    const std::string got = BodyOf(client.Receive(head.find("\r\n\r\n") + 4 + 190'000));
    EXPECT_GE(got.size(), 190'000u);  // 10 s at once, then two seconds more
    EXPECT_LT(got.size(), 240'000u);
    EXPECT_NE(FakeFrames(2000, 2500).find(got), std::string::npos);
}

TEST_F(ApiTest, HeartbeatHasAllItsFields) {
    for (const char* path : {"/heartbeat", "/kpcc/heartbeat"}) {
        const json::object fields = GetJson(path);
        for (const char* name : {"human-uptime", "human-now", "computer-uptime", "computer-now",
                                 "last-recorded", "hits", "version", "uuid", "next-prune", "load",
                                 "files", "connections", "memory", "threads", "disk", "bitrate"}) {
            EXPECT_TRUE(fields.contains(name)) << path << " " << name;
        }
        EXPECT_EQ(fields.at("uuid").as_string(), "some-id");
        EXPECT_TRUE(fields.at("computer-now").is_int64());
        EXPECT_EQ(fields.contains("state"), path != std::string_view("/heartbeat"));
    }
}

TEST(JsonText, WritesNumbersAsPeopleDo) {
    const json::value value{{"a", 12.5}, {"b", {0.0, -3, true, nullptr}}, {"c\"", "x\n"}};
    EXPECT_EQ(JsonText(value), R"({"a":12.5,"b":[0,-3,true,null],"c\"":"x\n"})");
    EXPECT_EQ(json::parse(JsonText(value)).at("a"), json::value(12.5));
}

TEST_F(ApiTest, StatsListEveryStream) {
    recording_.catalog().SetValue("answer", "42");
    const json::object stats = GetJson("/stats");
    EXPECT_EQ(stats.at("streams").as_array().size(), 2u);
    EXPECT_EQ(stats.at("kv").at("answer").as_string(), "42");
    for (const char* name : {"locks", "config", "workers", "storage", "stations"}) {
        EXPECT_TRUE(stats.contains(name)) << name;
    }
    EXPECT_EQ(GetJson("/kpcc/stats").at("streams").as_array().size(), 2u);
}

TEST_F(ApiTest, ShowsThePageToBrowsersAndTextToOthers) {
    const std::string page = Get("/?plain", "Accept: text/html,*/*;q=0.8\r\n");
    EXPECT_EQ(HeaderOf(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(page, HasSubstr("K&lt;P&gt;CC"));
    EXPECT_THAT(page, HasSubstr("preload=\"none\" src=\"http://x/kpcc/live/-1min\""));
    const std::string text = Get("/", "Accept: */*\r\n");
    EXPECT_EQ(HeaderOf(text, "Content-Type"), "text/plain; charset=utf-8");
    EXPECT_THAT(text, HasSubstr("kpcc"));
}

TEST_F(ApiTest, AnswersTheSmallPaths) {
    EXPECT_EQ(BodyOf(Get("/uuid")), "some-id\n");
    EXPECT_THAT(BodyOf(Get("/robots.txt")), HasSubstr("Disallow: /"));
    EXPECT_THAT(BodyOf(Get("/help")), HasSubstr("/{station}/slices/{slice}"));
    EXPECT_EQ(StatusOf(Get("/help", "", "DELETE")), 405);
    EXPECT_EQ(HeaderOf(Get("/help", "", "POST"), "Allow"), "GET, HEAD");
    EXPECT_EQ(StatusOf(Get("/wxyz/heartbeat")), 404);
    EXPECT_THAT(Get("/wxyz/heartbeat"), HasSubstr("kpcc"));
    EXPECT_EQ(StatusOf(Get("/kpcc/slices/..%2f..%2fetc%2fpasswd")), 400);
}

TEST_F(ApiTest, NamesTheMachinesThatAreSilent) {
    EXPECT_EQ(BodyOf(Get("/silent")), R"({"silent":[],"machines":0,"listen":null})"
                                      "\n");
    std::promise<void> fed;
    asio::post(loop_, [&] {
        config_.machines.emplace();
        vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.7", .event = "heard", .heard = 1});
        vitals_.Feed(proto::MachineEvent{
            .machine = "10.0.0.8/attic", .event = "silent", .heard = 1795298380.113902});
        vitals_.Feed(proto::MachineEvent{.machine = "10.0.0.9", .event = "silent"});
        fed.set_value();
    });
    fed.get_future().wait();
    EXPECT_EQ(BodyOf(Get("/silent")),
              R"({"silent":[{"machine":"10.0.0.8/attic","last-heard":1795298380.113902,)"
              R"("human-last-heard":"2026-11-21T21:59:40.113Z"},)"
              R"({"machine":"10.0.0.9","last-heard":null,"human-last-heard":null}],)"
              R"("machines":3,"listen":"0.0.0.0:43278"})"
              "\n");
}

TEST_F(ApiTest, SaysWhatASpokenTimeMeans) {
    const json::object answer = GetJson("/kpcc/at/-90s");
    EXPECT_EQ(answer.at("timezone"), "UTC");
    EXPECT_NEAR(answer.at("ago").to_number<double>(), 90, 5);
    EXPECT_NEAR(answer.at("unix").to_number<double>(), time::ToUnixSeconds(now_) - 90, 5);
    EXPECT_EQ(StatusOf(Get("/kpcc/at/soonish")), 400);
}

TEST_F(ApiTest, DrawsTheTape) {
    const json::object tape = GetJson("/kpcc/tape.json?from=-1h");
    ASSERT_EQ(tape.at("stored").as_array().size(), 1u);
    EXPECT_NEAR(tape.at("from").to_number<double>(), time::ToUnixSeconds(start_), 0.01);
    EXPECT_TRUE(tape.at("gaps").as_array().empty()) << JsonText(tape);
    EXPECT_EQ(StatusOf(Get("/kpcc/tape.json?from=-3y")), 400);
    EXPECT_EQ(StatusOf(Get("/kpcc/tape.json?step=often")), 400);
    const json::object before = GetJson("/kpcc/tape.json?from=-3h&to=-2h");
    EXPECT_TRUE(before.at("stored").as_array().empty());
}

TEST_F(ApiTest, ServesThePageToBrowsersOnly) {
    const std::string html = "Accept: text/html,*/*;q=0.8\r\n";
    const std::string page = Get("/", html);
    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
    EXPECT_THAT(BodyOf(Get("/")), HasSubstr("/live/-1min"));
    const std::string plain = Get("/?plain", html);
    EXPECT_THAT(plain, HasSubstr("K&lt;P&gt;CC"));
    EXPECT_THAT(plain, HasSubstr("style-src 'self' 'nonce-"));
    if (PageFiles().empty()) return;
    EXPECT_EQ(StatusOf(Get("/", html + "If-None-Match: " + HeaderOf(page, "ETag") + "\r\n")), 304);
    for (const PageFile& file : PageFiles()) {
        const std::string answer = Get("/assets/" + std::string(file.name));
        if (file.name == "index.html") {
            EXPECT_EQ(StatusOf(answer), 404);
            continue;
        }
        EXPECT_EQ(StatusOf(answer), 200);
        EXPECT_TRUE(BodyOf(answer) == file.plain);
        EXPECT_EQ(HeaderOf(answer, "Content-Type"), file.type);
        EXPECT_THAT(HeaderOf(answer, "Cache-Control"), HasSubstr("immutable"));
    }
    EXPECT_EQ(StatusOf(Get("/assets/nothing.js")), 404);
}

}  // namespace
}  // namespace aircheck::webapi
