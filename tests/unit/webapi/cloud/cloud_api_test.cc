// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <future>
#include <string>
#include <vector>

#include "common/timeline/losses.h"
#include "tests/unit/webapi/takeover/takeover_fixture.h"

namespace aircheck::webapi {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

/// The whole web API over a recording of which the pruner moves parts into the cloud.
class CloudApi : public TakeoverFixture {
protected:
    std::vector<catalog::Segment> Segments(const std::string& station) {
        return recording_.catalog().AllSegments(station);
    }

    void Move(const std::string& station, std::size_t first, std::size_t end) {
        const auto segments = Segments(station);
        for (std::size_t i = first; i < std::min(end, segments.size()); ++i)
            MoveToCloud(segments[i]);
    }

    /// But for what is of the moment, or says where something is.
    std::string Get(const std::string& target, const std::string& headers = "",
                    const std::string& method = "GET") const {
        std::string answer = Client::Get(port_, target, headers, method);
        Replace(answer, "Date: " + HeaderOf(answer, "Date"), "Date:");
        if (target.ends_with("?info")) {
            Replace(answer, HeaderOf(answer, "Content-Length"), "");
            Replace(answer, "\"storage\":\"cloud\"", "\"storage\":\"disk\"");
        }
        const auto boundary = answer.find("boundary=");
        if (boundary != std::string::npos) Replace(answer, answer.substr(boundary + 9, 24), "");
        return answer;
    }

    static void Replace(std::string& text, const std::string& what, std::string_view by) {
        for (auto at = text.find(what); at != std::string::npos;
             at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
    }

    json::object Info(const std::string& target) const {
        const json::value value = json::parse(BodyOf(Client::Get(port_, target + "?info")));
        return value.is_object() ? value.as_object() : json::object{};
    }

    /// From start + `from` on, in whole minutes.
    std::string Show(std::chrono::minutes from, const std::string& name) const {
        const auto at = std::chrono::ceil<std::chrono::minutes>(start_) + from;
        const std::string basic = time::FormatBasic(at);
        return "/kpcc/daily/" + basic.substr(9, 2) + ":" + basic.substr(11, 2) + "/5min/" + name;
    }

    const std::string all_ = FakeFrames(0, kSegments* kFrames);
};

TEST_F(CloudApi, AnswersTheSameAsBeforeTheMove) {
    struct Question {
        std::string target;
        std::string headers = "";
        std::string method = "GET";
    };
    const std::string slice = Slice("kpcc", 3, 1100);
    const std::vector<Question> questions{
        {slice},
        {slice, "", "HEAD"},
        {slice, "Range: bytes=100-200\r\n"},
        {slice, "Range: bytes=5000000-9000000\r\n"},
        {slice, "Range: bytes=-70000\r\n"},
        {slice, "Range: bytes=0-10,5000-6000,9000000-9500000,-5\r\n"},
        {slice, "Range: bytes=99999999-\r\n"},
        {slice, "If-None-Match: *\r\n"},
        {slice + "?info"},
        {Slice("kpcc", 100, 7)},
        {Slice("opus", 3, 122)},
        {Slice("opus", 3, 122), "Range: bytes=7000000-9000000\r\n"},
        {Show(4min, "The_Show.xml")},
        {Show(4min, "The_Show.m3u")},
        {Show(4min, "The_Show.mp3")},
    };
    std::vector<std::string> before;
    for (const Question& question : questions)
        before.push_back(Get(question.target, question.headers, question.method));
    EXPECT_THAT(before[0], HasSubstr("200 OK"));
    EXPECT_TRUE(all_.find(BodyOf(before[0])) != std::string::npos);

    Move("kpcc", 0, 50);
    Move("opus", 0, 1);
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& question = questions[i];
        EXPECT_TRUE(Get(question.target, question.headers, question.method) == before[i])
            << question.target << " " << question.headers;
    }
    EXPECT_GT(cloud_.bytes_read, 0u);
    Move("kpcc", 50, 100);
    Move("opus", 1, 2);
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const Question& question = questions[i];
        EXPECT_TRUE(Get(question.target, question.headers, question.method) == before[i])
            << question.target << " " << question.headers;
    }
    // Now all of it is in the cache.
    cloud_.down = true;
    EXPECT_TRUE(Get(slice) == before[0]);
}

TEST_F(CloudApi, SaysWhereThingsAre) {
    Move("kpcc", 0, 5);
    const json::array pieces = Info(Slice("kpcc", 40, 40)).at("pieces").as_array();
    EXPECT_EQ(pieces.front().at("storage"), "cloud");
    EXPECT_EQ(pieces.back().at("storage"), "disk");
    const std::string stats = BodyOf(Client::Get(port_, "/kpcc/stats"));
    EXPECT_THAT(stats, HasSubstr("\"object\":\"0123456789ab/kpcc/streams/"));
    const json::value coverage =
        json::parse(BodyOf(Client::Get(port_, "/kpcc/coverage.json?from=-20min")));
    EXPECT_GT(coverage.at("cloud").to_number<double>(), 40);
    EXPECT_LT(coverage.at("cloud").to_number<double>(), 59);
    EXPECT_THAT(BodyOf(Client::Get(port_, "/metrics")),
                HasSubstr("aircheck_cloud_blocks_total{worker=\"\",result=\"miss\"}"));
}

TEST_F(CloudApi, AsksToComeAgainWhileTheCloudIsDown) {
    Move("kpcc", 0, 50);
    cloud_.down = true;
    const std::string away = Slice("kpcc", 100, 100);
    for (const std::string& target :
         {away, away + "?info", Live("kpcc", 100), Show(4min, "The_Show.xml"),
          Show(4min, "The_Show.mp3"), Slice("kpcc", 500, 200)}) {
        const std::string answer = Client::Get(port_, target);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 ")) << target;
        EXPECT_THAT(HeaderOf(answer, "Retry-After"), "10") << target;
    }
    // What the index knows needs no cloud; nor does what is here.
    EXPECT_THAT(Client::Get(port_, Slice("kpcc", 700, 100)), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(Client::Get(port_, Live("kpcc", 1190), "", "HEAD"), StartsWith("HTTP/1.1 200 "));
    cloud_.down = false;
    std::string answer;
    for (int i = 0; i < 100 && !answer.starts_with("HTTP/1.1 200 "); ++i) {
        std::this_thread::sleep_for(50ms);
        answer = Client::Get(port_, away);
    }
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

TEST_F(CloudApi, NeedsNoCloudForTheSizeOfWholeSegments) {
    Move("kpcc", 0, 10);
    cloud_.down = true;
    // From before the first one to the end of all, as a HEAD request.
    const std::string head = Client::Get(port_, Slice("kpcc", -10, 1300), "", "HEAD");
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ(HeaderOf(head, "Content-Length"), std::to_string(all_.size()));
    EXPECT_EQ(cloud_.calls, 0);
}

TEST_F(CloudApi, CallsWhatIsLostAGap) {
    Move("kpcc", 0, 50);
    const auto segments = Segments("kpcc");
    cloud_.Lose(segments[10].object);
    cloud_.Set(segments[12].object, "something else");
    const std::string target = Slice("kpcc", 120, 60);  // begins in the tenth
    const std::string answer = Client::Get(port_, target);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(HeaderOf(answer, "X-Gaps"), StartsWith("1; "));
    // The other one is met in its middle: the answer is cut there, and is a gap from then on.
    EXPECT_LT(BodyOf(answer).size(), std::stoul(HeaderOf(answer, "Content-Length")));
    const std::string again = Client::Get(port_, target);
    EXPECT_THAT(HeaderOf(again, "X-Gaps"), StartsWith("2; "));
    EXPECT_EQ(BodyOf(again).size(), std::stoul(HeaderOf(again, "Content-Length")));
    const json::array gaps = Info(target).at("gaps").as_array();
    ASSERT_EQ(gaps.size(), 2u);
    EXPECT_EQ(gaps[0].at("cause"), timeline::kMissingInCloud);
    EXPECT_EQ(gaps[1].at("cause"), timeline::kChangedInCloud);
    const std::string coverage = BodyOf(Client::Get(port_, "/kpcc/coverage.json?from=-20min"));
    EXPECT_THAT(coverage, HasSubstr(timeline::kMissingInCloud));
}

TEST_F(CloudApi, ReadsWhatTheCatalogCallsLostFromNowhere) {
    Move("kpcc", 0, 50);
    const auto segments = Segments("kpcc");
    recording_.catalog().SetObject(segments[10].id, "");
    const json::array gaps = Info(Slice("kpcc", 100, 60)).at("gaps").as_array();
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].at("cause"), timeline::kMissingInCloud);
}

TEST_F(CloudApi, GoesOnWithSegmentsThatMoveOrAreRenamedMeanwhile) {
    SlowClient client(port_);
    client.Send(Head(Slice("kpcc", -10, 1300), "Connection: close\r\n"));
    client.Receive(100'000);
    // Of the first ones the files are open; the others are looked for when their turn comes.
    Move("kpcc", 0, 75);
    for (const catalog::Segment& segment : Segments("kpcc")) {
        if (segment.state == catalog::SegmentState::kUploaded) continue;
        std::string path = segment.path;
        path.replace(path.find("00000000000a"), 12, "00000000000b");
        std::filesystem::rename(recording_.layout().Resolve(segment.path),
                                recording_.layout().Resolve(path));
        ASSERT_TRUE(recording_.catalog().SetPath(segment.id, path));
    }
    EXPECT_TRUE(BodyOf(client.ReceiveAll()) == all_);
}

TEST_F(CloudApi, CutsAnAnswerThatCannotGoOn) {
    Move("kpcc", 0, 100);
    SlowClient client(port_);
    client.Send(Head(Slice("kpcc", -10, 1300)));
    client.Receive(100'000);
    cloud_.down = true;
    const std::string cut = BodyOf(client.ReceiveAll());
    EXPECT_TRUE(client.ended());
    EXPECT_LT(cut.size(), all_.size());
    EXPECT_TRUE(all_.starts_with(cut));
}

TEST_F(CloudApi, GoesOnAfterTheCloudWasDownForAMoment) {
    Move("kpcc", 0, 100);
    cloud_.cut_read_at = 100'000;
    SlowClient client(port_);
    client.Send(Head(Slice("kpcc", -10, 1300), "Connection: close\r\n"));
    client.Receive(100'000);
    cloud_.down = true;
    std::thread reader([&] { client.ReceiveAll(); });
    EXPECT_TRUE(Wait([this] { return older_->cloud.down(); }));
    cloud_.down = false;
    reader.join();
    EXPECT_TRUE(BodyOf(client.ReceiveAll()) == all_);
}

TEST_F(CloudApi, PlaysLiveFromTheCloudIntoThePresent) {
    Move("kpcc", 0, 99);
    Client client(port_);
    client.Send(Head(Live("kpcc", 1160)));  // four seconds before the last one
    const std::string heard = BodyOf(client.Receive(160'000)).substr(0, 150'000);
    const std::size_t at = all_.find(heard);
    EXPECT_NE(at, std::string::npos);
}

TEST_F(CloudApi, PlaysLiveOverWhatIsLost) {
    Move("kpcc", 0, 99);
    const auto segments = Segments("kpcc");
    cloud_.Lose(segments[51].object);
    Client client(port_);
    client.Send(Head(Live("kpcc", 597)));  // three seconds before that one
    const std::string heard = BodyOf(client.Receive(140'000)).substr(0, 130'000);
    const std::string before = FakeFrames(50 * kFrames, kFrames);
    const std::string after = FakeFrames(52 * kFrames, kFrames);
    const std::size_t last = before.find(heard.substr(0, 1000));
    ASSERT_NE(last, std::string::npos);
    EXPECT_TRUE((before.substr(last) + after).starts_with(heard));
}

TEST_F(CloudApi, HandsSlicesInTheCloudOver) {
    const std::string ogg = Client::Get(port_, Slice("opus", 3, 122));
    Move("kpcc", 0, 100);
    Move("opus", 0, 2);
    SlowClient slice(port_);
    slice.Send(Head(Slice("kpcc", -10, 1300), "Connection: close\r\n"));
    SlowClient range(port_);
    range.Send(Head(Slice("kpcc", -10, 1300),
                    "Range: bytes=0-999999,2000000-17000000\r\nConnection: close\r\n"));
    SlowClient opus(port_);
    opus.Send(Head(Slice("opus", 3, 122), "Connection: close\r\n"));
    for (Client* client :
         {static_cast<Client*>(&slice), static_cast<Client*>(&range), static_cast<Client*>(&opus)})
        client->Receive(500'000);
    HandAllOver(3);
    // At once: who takes nothing for long is cut off.
    auto whole = std::async(std::launch::async, [&] { return slice.ReceiveAll(); });
    auto parts = std::async(std::launch::async, [&] { return range.ReceiveAll(); });
    EXPECT_TRUE(BodyOf(opus.ReceiveAll()) == BodyOf(ogg));
    EXPECT_TRUE(BodyOf(whole.get()) == all_);
    EXPECT_TRUE(parts.get().find(all_.substr(2'000'000, 15'000'001)) != std::string::npos);
}

TEST_F(CloudApi, HandsAnAnswerOverThatWaitsForTheCloud) {
    Move("kpcc", 0, 100);
    SlowClient client(port_);
    client.Send(Head(Slice("kpcc", -10, 1300), "Connection: close\r\n"));
    client.Receive(100'000);
    cloud_.down = true;
    std::thread reader([&] { client.Receive(6'000'000); });
    EXPECT_TRUE(Wait([this] { return older_->cloud.down(); }));
    HandAllOver(1);
    cloud_.down = false;
    reader.join();
    EXPECT_TRUE(BodyOf(client.ReceiveAll()) == all_);
}

TEST_F(CloudApi, HandsLiveListenersInTheCloudOver) {
    Move("kpcc", 0, 99);
    Move("opus", 0, 2);
    Client plain(port_);
    plain.Send(Head(Live("kpcc", 600)));
    Client titled(port_);
    titled.Send(Head(Live("kpcc", 600), "Icy-MetaData: 1\r\n"));
    Client opus(port_);
    opus.Send(Head(Live("opus", 10)));
    plain.Receive(160'000);
    titled.Receive(160'000);
    opus.Receive(300'000);
    HandAllOver(3);
    const std::string heard = BodyOf(plain.Receive(210'000)).substr(0, 200'000);
    EXPECT_NE(all_.find(heard), std::string::npos);
    titled.Receive(200'000);
    opus.Receive(400'000);
    EXPECT_FALSE(titled.ended());
    EXPECT_FALSE(opus.ended());
}

}  // namespace
}  // namespace aircheck::webapi
