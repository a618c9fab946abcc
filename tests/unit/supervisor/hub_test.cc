// SPDX-License-Identifier: MIT
#include "supervisor/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>

#include "proto/endpoints.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using Frames = std::vector<std::string>;

constexpr const char* kJson = R"({"v":1})";

class HubTest : public testing::Test {
protected:
    HubTest() {
        std::filesystem::create_directory(storage_ / "run");
        hub_ = MakeHub(1);
        hub_->TakePublicEndpoints();
    }
    ~HubTest() override {
        hub_.reset();
        EXPECT_TRUE(std::filesystem::is_empty(storage_ / "run"));
    }

    std::unique_ptr<Hub> MakeHub(int generation, const std::string& tcp = "") {
        return std::make_unique<Hub>(loop_, time::SystemClock(),
                                     Hub::Options{storage_, generation, tcp, 2},
                                     [this](const Hub::Incoming& incoming) {
                                         incoming_.push_back({incoming.identity, incoming.message});
                                     });
    }
    /// What taps get of kJson.
    static std::string Numbered(int n) {
        return R"({"v":1,"n":)" + std::to_string(n) + R"(,"by":)" + std::to_string(::getpid()) +
               "}";
    }
    zmq::socket_t Subscribe(const std::string& prefix) {
        return SubscribeAt(proto::TapEndpoint(storage_), prefix);
    }
    zmq::socket_t SubscribeAt(const std::string& endpoint, const std::string& prefix) {
        zmq::socket_t tap(context_, zmq::socket_type::sub);
        tap.set(zmq::sockopt::linger, 0);
        tap.set(zmq::sockopt::subscribe, prefix);
        tap.connect(endpoint);
        return tap;
    }
    /// One that is free at the moment.
    int FreePort() {
        using boost::asio::ip::tcp;
        const tcp::endpoint any(boost::asio::ip::address_v4::loopback(), 0);
        return tcp::acceptor(loop_, any).local_endpoint().port();
    }
    zmq::socket_t Worker(const std::string& identity) {
        zmq::socket_t worker(context_, zmq::socket_type::dealer);
        worker.set(zmq::sockopt::linger, 0);
        worker.set(zmq::sockopt::routing_id, identity);
        worker.connect(proto::ControlEndpoint(storage_, 1));
        return worker;
    }
    static void SendFrames(zmq::socket_t& socket, const Frames& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const bool last = i + 1 == frames.size();
            socket.send(zmq::buffer(frames[i]),
                        last ? zmq::send_flags::none : zmq::send_flags::sndmore);
        }
    }
    Frames Receive(zmq::socket_t& socket, std::chrono::milliseconds patience = 5s) {
        Frames frames;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline) {
            loop_.run_for(1ms);
            loop_.restart();
            zmq::message_t frame;
            while (socket.recv(frame, zmq::recv_flags::dontwait)) {
                frames.push_back(frame.to_string());
                if (!frame.more()) return frames;
            }
        }
        return frames;
    }
    bool AwaitIncoming(std::size_t count) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (incoming_.size() < count && std::chrono::steady_clock::now() < deadline) {
            loop_.run_for(1ms);
            loop_.restart();
        }
        return incoming_.size() == count;
    }

    test::TempFolder folder_;
    const std::filesystem::path storage_ = folder_.path();
    zmq::context_t context_;
    boost::asio::io_context loop_;
    struct Heard {
        std::string identity;
        proto::Message message;
    };
    std::vector<Heard> incoming_;
    std::unique_ptr<Hub> hub_;
};

TEST_F(HubTest, ANewTapIsSentThePresentStateOfWhatItAskedFor) {
    hub_->Publish("station.kpcc", kJson);
    hub_->Publish("station.kpcc", kJson);
    hub_->Publish("station.kqed", kJson);
    hub_->Publish("title.kpcc", kJson);
    hub_->Publish("segment.kpcc", kJson);
    auto tap = Subscribe("station.");
    EXPECT_EQ(Receive(tap), (Frames{"station.kpcc", Numbered(2)}));
    EXPECT_EQ(Receive(tap), (Frames{"station.kqed", Numbered(1)}));
    hub_->Publish("segment.kpcc", kJson);
    hub_->Publish("station.kpcc", kJson);
    EXPECT_EQ(Receive(tap), (Frames{"station.kpcc", Numbered(3)}));
}

TEST_F(HubTest, EachFurtherTapToo) {
    hub_->Publish("worker.pruner-0", kJson);
    auto first = Subscribe("worker.");
    EXPECT_EQ(Receive(first), (Frames{"worker.pruner-0", Numbered(1)}));
    auto second = Subscribe("worker.");
    EXPECT_EQ(Receive(second), (Frames{"worker.pruner-0", Numbered(1)}));
}

TEST_F(HubTest, SegmentsAreToldButNotKept) {
    hub_->Publish("title.kpcc", kJson);
    auto tap = Subscribe("");
    EXPECT_EQ(Receive(tap), (Frames{"title.kpcc", Numbered(1)}));
    hub_->Publish("segment.kpcc", kJson);
    EXPECT_EQ(Receive(tap), (Frames{"segment.kpcc", Numbered(1)}));
    auto late = Subscribe("segment.");
    EXPECT_EQ(Receive(late, 100ms), Frames{});
}

TEST_F(HubTest, WhatIsForgottenIsNotToldToLaterTaps) {
    hub_->Publish("machine.10.0.0.7", kJson);
    hub_->Publish("machine.10.0.0.8", kJson);
    hub_->Forget("machine.10.0.0.7");
    hub_->Forget("machine.10.0.0.9");
    auto tap = Subscribe("machine.");
    EXPECT_EQ(Receive(tap), (Frames{"machine.10.0.0.8", Numbered(1)}));
}

TEST_F(HubTest, WorkersAreHeardAndAnswered) {
    auto worker = Worker("w");
    const proto::Message ready = proto::Ready{"webapi-0", 42, 1};
    SendFrames(worker, {proto::Topic(ready), proto::Encode(ready)});
    ASSERT_TRUE(AwaitIncoming(1));
    EXPECT_EQ(incoming_[0].identity, "w");
    EXPECT_EQ(incoming_[0].message, ready);
    hub_->Send("w", proto::Command{.command = "bitrate", .station = "kpcc", .kbps = 128});
    const Frames answer = Receive(worker);
    ASSERT_EQ(answer.size(), 2u);
    EXPECT_EQ(std::get<proto::Message>(proto::Decode(answer[0], answer[1])),
              proto::Message(proto::Command{.command = "bitrate", .station = "kpcc", .kbps = 128}));
}

TEST_F(HubTest, NobodyToSendToIsNoFault) {
    hub_->Send("gone", proto::Command{"stop"});
}

TEST_F(HubTest, NonsenseIsSurvived) {
    auto worker = Worker("w");
    SendFrames(worker, {"heartbeat.x", "{"});
    SendFrames(worker, {"nothing", "{}"});
    SendFrames(worker, {""});
    SendFrames(worker, {"a", "b", "c", "d"});
    const proto::Message ready = proto::Ready{"webapi-0", 42, 1};
    SendFrames(worker, {proto::Topic(ready), proto::Encode(ready)});
    EXPECT_TRUE(AwaitIncoming(1));
}

TEST_F(HubTest, AnotherVersionIsAnswered) {
    auto worker = Worker("w");
    SendFrames(worker, {"ready.webapi-0", R"({"v": 99, "name": "webapi-0"})"});
    const Frames answer = Receive(worker);
    ASSERT_EQ(answer.size(), 2u);
    const auto decoded = proto::Decode(answer[0], answer[1]);
    ASSERT_TRUE(std::holds_alternative<proto::Message>(decoded));
    EXPECT_TRUE(std::holds_alternative<proto::Rejected>(std::get<proto::Message>(decoded)));
    EXPECT_TRUE(incoming_.empty());
}

TEST_F(HubTest, ItsOwnWebWorkersHaveAnEndpointOfTheirOwn) {
    hub_->ReleasePublicEndpoints();
    hub_->Publish("title.kpcc", kJson);
    auto tap = SubscribeAt(proto::TapEndpoint(storage_, 1), "title.");
    EXPECT_EQ(Receive(tap), (Frames{"title.kpcc", Numbered(1)}));
}

TEST_F(HubTest, AnotherSupervisorTakesThePublicEndpointsOver) {
    const std::string tcp = "tcp://127.0.0.1:" + std::to_string(FreePort());
    hub_ = nullptr;
    hub_ = MakeHub(1, tcp);
    hub_->TakePublicEndpoints();
    auto early = Subscribe("title.");
    hub_->Publish("title.kpcc", kJson);
    EXPECT_EQ(Receive(early), (Frames{"title.kpcc", Numbered(1)}));

    auto second = MakeHub(2, tcp);
    try {
        second->TakePublicEndpoints();
        ADD_FAILURE() << "two have the same port";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(tcp));
    }
    hub_->ReleasePublicEndpoints();
    second->TakePublicEndpoints();
    second->Publish("title.kqed", kJson);
    for (const auto& endpoint : {proto::TapEndpoint(storage_), tcp}) {
        auto tap = SubscribeAt(endpoint, "title.");
        EXPECT_EQ(Receive(tap), (Frames{"title.kqed", Numbered(1)}));
    }
    Frames moved = Receive(early);
    if (moved == Frames{"title.kpcc", Numbered(1)}) moved = Receive(early);  // told once more
    EXPECT_EQ(moved, (Frames{"title.kqed", Numbered(1)})) << "taps move over";

    hub_.reset();
    EXPECT_TRUE(std::filesystem::exists(storage_ / "run/tap")) << "the end removed another's";
    second->ReleasePublicEndpoints();
    second->TakePublicEndpoints();
    auto late = Subscribe("title.");
    EXPECT_EQ(Receive(late), (Frames{"title.kqed", Numbered(1)}));
}

TEST_F(HubTest, WorkersOfAnotherGenerationCanBeHeardToo) {
    hub_->BindAlso(proto::ControlEndpoint(storage_, 7));
    zmq::socket_t orphan(context_, zmq::socket_type::dealer);
    orphan.set(zmq::sockopt::linger, 0);
    orphan.set(zmq::sockopt::routing_id, "orphan");
    orphan.connect(proto::ControlEndpoint(storage_, 7));
    const proto::Message ready = proto::Ready{"webapi-0", 42, 7};
    SendFrames(orphan, {proto::Topic(ready), proto::Encode(ready)});
    ASSERT_TRUE(AwaitIncoming(1));
    hub_->Send("orphan", proto::Command{.command = "adopt", .pid = 1});
    EXPECT_EQ(Receive(orphan).size(), 2u);
}

TEST_F(HubTest, ANumberedMessageIsStillTheSame) {
    const proto::Message title = proto::TitleEvent{.station = "kpcc", .title = "}", .time = 1};
    hub_->Publish(proto::Topic(title), proto::Encode(title) + " \n");
    auto tap = Subscribe("title.");
    const Frames frames = Receive(tap);
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_THAT(frames[1], testing::EndsWith(",\"by\":" + std::to_string(::getpid()) + "}"));
    EXPECT_EQ(std::get<proto::Message>(proto::Decode(frames[0], frames[1])), title);
}

TEST_F(HubTest, ATapMayAskForAnything) {
    auto tap = Subscribe(std::string("\0\xff{\"", 4));
    hub_->Publish("title.kpcc", kJson);
    EXPECT_EQ(Receive(tap, 50ms), Frames{});
}

}  // namespace
}  // namespace aircheck::supervisor
