// SPDX-License-Identifier: MIT
#include "webapi/events/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>

#include "tests/unit/webapi/fake_recording.h"
#include "webapi/events/events_body.h"
#include "webapi/takeover/luggage.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class EventHubTest : public testing::Test {
protected:
    EventHubTest() {
        auto& station = config_.stations.emplace_back();
        station.callsign = "kpcc";
        station.name = "KPCC";
        station.timezone = "UTC";
    }

    /// The next that the body has to send; nullopt at its end.
    std::optional<std::string> Next(EventsBody& body) {
        std::optional<std::string> text;
        asio::co_spawn(
            loop_,
            [&]() -> asio::awaitable<void> {
                const auto extent = co_await body.Next();
                if (extent) text.emplace(extent->memory ? extent->memory : "", extent->size);
            },
            [this](const std::exception_ptr& error) {
                loop_.stop();
                if (error) std::rethrow_exception(error);
            });
        loop_.restart();
        loop_.run_for(std::chrono::seconds{5});
        return text;
    }

    void Feed(const proto::Message& message) {
        vitals_.Feed(message);
        hub_.Feed(message);
    }

    FakeRecording recording_;
    config::Config config_;
    asio::io_context loop_;
    Vitals vitals_{time::SystemClock()};
    CatalogReader reader_{recording_.layout()};
    SoundSource source_{reader_};
    LiveHub live_{loop_, time::SystemClock(), source_};
    DiskUsage disk_{loop_, reader_, {"kpcc"}};
    Services services_{
        config_,   time::SystemClock(),         reader_, source_, live_, vitals_, disk_,
        "some-id", time::SystemClock().Steady()};
    EventHub hub_{services_};
};

proto::Heartbeat Beat(const std::string& name, std::uint64_t bytes) {
    proto::Heartbeat beat;
    beat.name = name;
    beat.role = "downloader";
    beat.pid = 7;
    beat.seq = 1;
    beat.time = time::ToUnixSeconds(time::SystemClock().Now());
    proto::StationBeat station;
    station.station = "kpcc";
    station.state = "recording";
    station.bytes = bytes;
    beat.stations.push_back(station);
    return beat;
}

TEST_F(EventHubTest, TellsThePresentFirstAndThenWhatHappens) {
    Feed(proto::TitleEvent{"kpcc", "A song", "", 1795298400});
    EventsBody body(hub_, Watcher::kAnybody);
    EXPECT_EQ(Next(body), "retry: 1000\n\n");
    const auto present = Next(body);
    ASSERT_TRUE(present);
    EXPECT_THAT(*present, StartsWith("event: now\ndata: {"));
    EXPECT_THAT(*present, HasSubstr("\"title\":\"A song\""));
    EXPECT_EQ(hub_.watchers(), 1u);

    Feed(proto::TitleEvent{"kpcc", "Another", "", 1795298500});
    const auto title = Next(body);
    ASSERT_TRUE(title);
    EXPECT_THAT(*title, StartsWith("event: title\ndata: {"));
    EXPECT_THAT(*title, HasSubstr("Another"));
    EXPECT_EQ(title->find('\n', title->find("data")), title->size() - 2) << "one line of data";
}

TEST_F(EventHubTest, TellsOfOneRecorderOfTwo) {
    EventsBody body(hub_, Watcher::kAnybody);
    Next(body);
    Next(body);
    Feed(Beat("downloader-0", 100));
    Feed(Beat("downloader-1", 200));
    std::string told;
    for (int i = 0; i < 3; ++i) told += Next(body).value_or("");
    EXPECT_THAT(told, HasSubstr("\"bytes\":100,"));
    EXPECT_THAT(told, Not(HasSubstr("\"bytes\":200,")));
}

TEST_F(EventHubTest, KeepsSecretsToItself) {
    EventsBody body(hub_, Watcher::kAnybody);
    Next(body);
    Next(body);
    proto::StationEvent station{"kpcc", "recording", "", "", "http://u:password@radio/", 1, 128};
    Feed(station);
    EXPECT_THAT(Next(body).value_or(""), Not(HasSubstr("password")));
    proto::WorkerEvent worker;
    worker.name = "downloader-0";
    worker.role = "downloader";
    worker.event = "died";
    worker.last_words = {"a secret"};
    Feed(worker);
    EXPECT_THAT(Next(body).value_or(""), Not(HasSubstr("secret")));
}

TEST_F(EventHubTest, OnlyOperatorsSeeTheLog) {
    Feed(proto::LogEvent{
        "pruner-0", {"2026-11-22T11:20:02.000Z b", "2026-11-22T11:20:04.000Z d"}, 2, 1});
    Feed(proto::LogEvent{"webapi-0", {"2026-11-22T11:20:03.000Z c"}, 1, 1});
    EventsBody anybody(hub_, Watcher::kAnybody);
    EventsBody one(hub_, Watcher::kOperator);
    for (int i = 0; i < 2; ++i) {
        Next(anybody);
        EXPECT_THAT(Next(one).value_or(""), Not(HasSubstr("T11:20")));
    }
    EXPECT_EQ(Next(one),
              "event: log\ndata: {\"lines\":[\"2026-11-22T11:20:02.000Z b\","
              "\"2026-11-22T11:20:03.000Z c\",\"2026-11-22T11:20:04.000Z d\"]}\n\n");
    const proto::LogEvent more{
        "pruner-0", {"2026-11-22T11:20:04.000Z d", "2026-11-22T11:20:05.000Z e"}, 3, 2};
    Feed(more);
    Feed(more);  // as somebody else has subscribed
    EXPECT_EQ(Next(one), "event: log\ndata: {\"lines\":[\"2026-11-22T11:20:05.000Z e\"]}\n\n");
    proto::Heartbeat beat = Beat("pruner-0", 0);
    beat.role = "pruner";
    beat.cloud = "down";
    beat.cloud_error = "no route";
    beat.unsaved = 5000;
    Feed(beat);
    EXPECT_THAT(Next(one).value_or(""), StartsWith("event: now"));
    EXPECT_THAT(Next(one).value_or(""), StartsWith("event: beat"));
    const auto keeping = Next(one).value_or("");
    EXPECT_THAT(keeping, StartsWith("event: keeping\ndata: {"));
    EXPECT_THAT(keeping, HasSubstr("\"error\":\"no route\""));
    EXPECT_THAT(keeping, HasSubstr("\"waiting\":5000"));
    EXPECT_THAT(keeping, HasSubstr("\"cost\":null"));
    std::string told;
    for (int i = 0; i < 2; ++i) told += Next(anybody).value_or("");
    EXPECT_THAT(told, Not(HasSubstr("T11:20")));
    EXPECT_THAT(told, Not(HasSubstr("no route")));

    BodyState state;
    Luggage luggage;
    EXPECT_TRUE(one.Save(state, luggage));
    EXPECT_EQ(state.backstage, true);
    BodyState other;
    EXPECT_TRUE(anybody.Save(other, luggage));
    EXPECT_EQ(other.backstage, std::nullopt);
}

TEST_F(EventHubTest, EndsWhoIsTooSlow) {
    EventsBody slow(hub_, Watcher::kAnybody);
    Next(slow);
    const std::string words(4000, 'x');
    for (std::size_t i = 0; i <= EventsBody::kMaxQueuedBytes / words.size(); ++i)
        Feed(proto::TitleEvent{"kpcc", words, "", 1});
    EXPECT_EQ(Next(slow), std::nullopt);
    EventsBody again(hub_, Watcher::kAnybody);
    EXPECT_EQ(Next(again), "retry: 1000\n\n");
}

TEST_F(EventHubTest, GoesToAnotherProcessWithNothing) {
    EventsBody body(hub_, Watcher::kAnybody);
    BodyState state;
    Luggage luggage;
    EXPECT_TRUE(body.Save(state, luggage));
    EXPECT_EQ(state.events, true);
}

TEST_F(EventHubTest, ForgetsWhoHasGone) {
    auto body = std::make_unique<EventsBody>(hub_, Watcher::kAnybody);
    body.reset();
    EXPECT_EQ(hub_.watchers(), 0u);
    Feed(proto::TitleEvent{"kpcc", "A song", "", 1});
}

}  // namespace
}  // namespace aircheck::webapi
