// SPDX-License-Identifier: MIT
// ZeroMQ's own sockets are the peers wherever they behave.
#include "common/zmtp/router.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/event/zmq_socket.h"
#include "common/util/unique_fd.h"
#include "tests/unit/common/zmtp/peer.h"

namespace aircheck::zmtp {
namespace {

using namespace std::chrono_literals;
using test::Begin;
using test::ConnectPeer;
using test::ConnectTo;
using test::HungUp;
using test::Say;

constexpr char kMe[] = "me";

class RouterTest : public test::EndpointTest {
protected:
    struct Message {
        std::string from;
        std::vector<std::string> frames;
    };

    std::unique_ptr<Router> Make() {
        auto router = std::make_unique<Router>(
            loop_, Router::Events{
                       .on_message =
                           [this](const std::string& identity, Frames frames) {
                               messages_.push_back({identity, {frames.begin(), frames.end()}});
                               if (on_message_) on_message_();
                           },
                       .on_refused = [this](const std::string& why) { refused_.push_back(why); }});
        router->Bind(endpoint_);
        return router;
    }

    std::unique_ptr<event::ZmqSocket> Dealer(const std::string& identity) {
        auto dealer = std::make_unique<event::ZmqSocket>(loop_, context_, zmq::socket_type::dealer);
        if (!identity.empty()) dealer->raw().set(zmq::sockopt::routing_id, identity);
        dealer->Connect(endpoint_);
        return dealer;
    }

    std::vector<Message> messages_;
    std::function<void()> on_message_;
};

TEST_F(RouterTest, SpeaksWithManyDealers) {
    constexpr int kDealers = 20;
    constexpr int kMessages = 50;
    const auto router = Make();
    std::vector<std::unique_ptr<event::ZmqSocket>> dealers;
    std::vector<std::vector<std::string>> answers(kDealers);
    on_message_ = [&] {
        const auto& [from, frames] = messages_.back();
        EXPECT_TRUE(router->Send(from, std::array<std::string_view, 2>{frames[0], "answer"}));
    };
    for (int i = 0; i < kDealers; ++i) {
        dealers.push_back(Dealer(i % 2 == 0 ? "" : "dealer-" + std::to_string(i)));
        dealers.back()->OnMessage([&answers, i](const event::ZmqFrames& frames) {
            EXPECT_EQ(frames.at(1), "answer");
            answers[i].push_back(frames[0]);
        });
        for (int n = 0; n < kMessages; ++n)
            dealers.back()->Send({std::to_string(i) + "/" + std::to_string(n), ""});
    }
    RunUntil([&] {
        return std::ranges::all_of(answers,
                                   [](const auto& got) { return got.size() == kMessages; });
    });
    for (int i = 0; i < kDealers; ++i)
        for (int n = 0; n < kMessages; ++n)
            EXPECT_EQ(answers[i][n], std::to_string(i) + "/" + std::to_string(n));
    EXPECT_TRUE(refused_.empty());
}

TEST_F(RouterTest, LargeMessagesGoThroughAndLargerOnesAreLeftOut) {
    const auto router = Make();
    const auto dealer = Dealer(kMe);
    std::vector<std::size_t> answers;
    dealer->OnMessage(
        [&](const event::ZmqFrames& frames) { answers.push_back(frames.at(0).size()); });
    const std::string large(Router::kMaxBytes, 'x');
    dealer->Send({large});
    dealer->Send({large, "x"});
    dealer->Send(event::ZmqFrames(Router::kMaxFrames + 1, "x"));
    dealer->Send({"small"});
    RunUntil([&] { return messages_.size() == 2; });
    EXPECT_EQ(messages_[0].frames, std::vector<std::string>{large});
    EXPECT_EQ(messages_[1].frames, std::vector<std::string>{"small"});
    EXPECT_EQ(refused_.back(), "a message of more than 4194304 bytes or 8 frames");
    EXPECT_TRUE(router->Send(kMe, std::array<std::string_view, 1>{large}));
    RunUntil([&] { return !answers.empty(); });
    EXPECT_EQ(answers[0], large.size());
}

TEST_F(RouterTest, PeersComeBackToTheNextOne) {
    auto router = Make();
    const auto dealer = Dealer(kMe);
    dealer->Send({"first"});
    RunUntil([&] { return messages_.size() == 1; });
    router.reset();
    router = Make();
    // What is on its way to one that has gone is lost, as with any router.
    RunUntil([&] {
        dealer->Send({"again"});
        return messages_.size() > 1;
    });
    EXPECT_EQ(messages_[1].from, kMe);
}

TEST_F(RouterTest, ListensAtSeveralEndpoints) {
    const auto router = Make();
    const std::string other = endpoint_ + "-2";
    router->Bind(other);
    event::ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    dealer.Connect(other);
    dealer.Send({"there"});
    const auto here = Dealer(kMe);
    here->Send({"here"});
    RunUntil([&] { return messages_.size() == 2; });
}

TEST_F(RouterTest, WhatWasSentLastIsHeardAndTheEndSeen) {
    const auto router = Make();
    for (int i = 1; i <= 50; ++i) {
        const std::string identity = "brief-" + std::to_string(i);
        {
            const auto peer = ConnectPeer(endpoint_);
            std::string bytes = Begin("DEALER", identity);
            AppendFrame(bytes, "last words", false);
            Say(peer.get(), bytes);
        }
        RunUntil([&] {
            return messages_.size() == static_cast<std::size_t>(i) &&
                   !router->Send(identity, std::array<std::string_view, 1>{"?"});
        });
    }
    EXPECT_TRUE(refused_.empty());
}

TEST_F(RouterTest, WhoComesWithAnIdentityTakesItOver) {
    const auto router = Make();
    const auto older = ConnectPeer(endpoint_);
    std::string bytes = Begin("DEALER", kMe);
    AppendFrame(bytes, "older", false);
    Say(older.get(), bytes);
    RunUntil([&] { return messages_.size() == 1; });
    const auto dealer = Dealer(kMe);
    std::string heard;
    dealer->OnMessage([&](const event::ZmqFrames& frames) { heard = frames.at(0); });
    dealer->Send({"younger"});
    RunUntil([&] { return messages_.size() == 2; });
    EXPECT_TRUE(HungUp(older.get()));
    router->Send(kMe, std::array<std::string_view, 1>{"hello"});
    RunUntil([&] { return heard == "hello"; });
}

TEST_F(RouterTest, StrangersAreHungUpOn) {
    const auto router = Make();
    const auto browser = ConnectPeer(endpoint_);
    Say(browser.get(), "GET / HTTP/1.1\r\n\r\n");
    RunUntil([&] { return refused_.size() == 1; });
    EXPECT_EQ(refused_[0], "a connection was closed: expected the greeting of ZeroMQ");
    EXPECT_TRUE(HungUp(browser.get()));

    event::ZmqSocket subscriber(loop_, context_, zmq::socket_type::sub);
    subscriber.raw().set(zmq::sockopt::subscribe, "");
    subscriber.Connect(endpoint_);
    RunUntil([&] { return refused_.size() >= 2; });
    EXPECT_EQ(refused_[1], "a connection was closed: expected a DEALER, got SUB");

    const auto dealer = Dealer(kMe);
    dealer->Send({"still here"});
    RunUntil([&] { return messages_.size() == 1; });
}

TEST_F(RouterTest, APeerThatDoesNotReadHoldsNobodyUp) {
    const auto router = Make();
    const auto stopped = ConnectPeer(endpoint_);
    Say(stopped.get(), Begin("DEALER", "stopped"));
    const auto dealer = Dealer(kMe);
    int heard = 0;
    dealer->OnMessage([&](const event::ZmqFrames&) { ++heard; });
    dealer->Send({"hello"});
    const std::string much(Router::kMaxBytes / 2, 'x');
    RunUntil([&] {
        return !messages_.empty() && router->Send("stopped", std::array<std::string_view, 1>{""});
    });
    int taken = 0;
    while (router->Send("stopped", std::array<std::string_view, 1>{much})) ASSERT_LT(++taken, 20);
    EXPECT_GT(taken, 2);
    EXPECT_TRUE(router->Send(kMe, std::array<std::string_view, 1>{"you"}));
    RunUntil([&] { return heard == 1; });

    // Once it reads again, it gets all that was taken, and more.
    std::size_t received = 0;
    std::array<char, 65536> bytes;
    RunUntil([&] {
        const ssize_t size = ::recv(stopped.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        received += size > 0 ? static_cast<std::size_t>(size) : 0;
        return received >= taken * much.size();
    });
    EXPECT_TRUE(router->Send("stopped", std::array<std::string_view, 1>{"again"}));
}

TEST_F(RouterTest, MayGoWhileItHandsAMessageOn) {
    auto router = Make();
    const auto dealer = Dealer(kMe);
    for (int i = 0; i < 10; ++i) dealer->Send({std::to_string(i)});
    on_message_ = [&] { router.reset(); };
    RunUntil([&] { return !messages_.empty(); });
    loop_.run_for(20ms);
    EXPECT_EQ(messages_.size(), 1U);
}

TEST_F(RouterTest, TakesPeersAgainAfterDescriptorsRanOut) {
#if defined(__clang__)
#if __has_feature(undefined_behavior_sanitizer)
    GTEST_SKIP() << "the sanitizer needs descriptors to look at objects";
#endif
#endif
    const auto router = Make();
    const util::UniqueFd peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{static_cast<rlim_t>(peer.get() + 1), before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    ConnectTo(peer.get(), endpoint_);
    loop_.run_for(50ms);
    std::string bytes = Begin("DEALER", kMe);
    AppendFrame(bytes, "hello", false);
    Say(peer.get(), bytes);
    loop_.run_for(50ms);
    EXPECT_TRUE(messages_.empty());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    RunUntil([&] { return messages_.size() == 1; });
}

TEST_F(RouterTest, SaysWhatItCannotBind) {
    Router router(loop_, {});
    const auto refusal = [&](const std::string& endpoint) -> std::string {
        try {
            router.Bind(endpoint);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(refusal("tcp://*:1"), "cannot bind tcp://*:1: expected ipc://PATH");
    EXPECT_NE(refusal(endpoint_ + "/x").find("cannot bind " + endpoint_ + "/x: "),
              std::string::npos);
    EXPECT_NE(refusal("ipc:///" + std::string(200, 'x')).find("File name too long"),
              std::string::npos);
}

}  // namespace
}  // namespace aircheck::zmtp
