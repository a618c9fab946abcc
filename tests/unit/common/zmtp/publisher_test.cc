// SPDX-License-Identifier: MIT
// ZeroMQ's own sockets are the subscribers wherever they behave.
#include "common/zmtp/publisher.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/event/zmq_socket.h"
#include "tests/unit/common/zmtp/peer.h"

namespace aircheck::zmtp {
namespace {

using namespace std::chrono_literals;
using test::Begin;
using test::ConnectPeer;
using test::HungUp;
using test::Say;

using Heard = std::vector<std::string>;

constexpr std::size_t kMostUnsent = 8'000'000;

std::string Subscription(const std::string& prefix) {
    std::string bytes;
    AppendFrame(bytes, "\1" + prefix, false);
    return bytes;
}

std::string Cancellation(const std::string& prefix) {
    std::string bytes;
    AppendFrame(bytes, std::string(1, '\0') + prefix, false);
    return bytes;
}

class PublisherTest : public test::EndpointTest {
protected:
    std::unique_ptr<Publisher> Make() {
        auto publisher = std::make_unique<Publisher>(
            loop_, kMostUnsent,
            Publisher::Events{
                .on_subscribed =
                    [this](std::string_view prefix, const Publisher::Send& send) {
                        subscribed_.emplace_back(prefix);
                        if (on_subscribed_) on_subscribed_(send);
                    },
                .on_refused = [this](const std::string& why) { refused_.push_back(why); }});
        publisher->Bind(endpoint_);
        return publisher;
    }

    struct Subscriber {
        std::unique_ptr<event::ZmqSocket> socket;
        std::shared_ptr<Heard> heard = std::make_shared<Heard>();  // topic=message
    };
    Subscriber Subscribe(const std::vector<std::string>& prefixes, const std::string& endpoint) {
        Subscriber subscriber{
            std::make_unique<event::ZmqSocket>(loop_, context_, zmq::socket_type::sub)};
        for (const auto& prefix : prefixes)
            subscriber.socket->raw().set(zmq::sockopt::subscribe, prefix);
        subscriber.socket->Connect(endpoint);
        subscriber.socket->OnMessage([heard = subscriber.heard](const event::ZmqFrames& frames) {
            heard->push_back(frames.at(0) + "=" + frames.at(1));
        });
        return subscriber;
    }
    /// When this returns, the publisher knows of it.
    Subscriber Subscribe(const std::vector<std::string>& prefixes) {
        const std::size_t known = subscribed_.size() + prefixes.size();
        auto subscriber = Subscribe(prefixes, endpoint_);
        RunUntil([&] { return subscribed_.size() == known; });
        return subscriber;
    }

    static void Publish(Publisher& publisher, std::string_view topic, std::string_view text) {
        publisher.Publish(std::array<std::string_view, 2>{topic, text});
    }

    std::vector<std::string> subscribed_;
    std::function<void(const Publisher::Send&)> on_subscribed_;
};

TEST_F(PublisherTest, EachHearsWhatItAskedForInOrder) {
    constexpr int kMessages = 500;
    const auto publisher = Make();
    const auto all = Subscribe({""});
    const auto some = Subscribe({"beat.a", "title."});
    const auto other = Subscribe({"beat.b"});
    Heard sent, wanted;
    for (int n = 0; n < kMessages; ++n) {
        const std::string text(n, 'x');
        for (const char* topic : {"beat.a", "beat.b", "title.a", "bea", ""}) {
            Publish(*publisher, topic, text);
            sent.push_back(topic + ("=" + text));
            if (std::string_view(topic).ends_with(".a")) wanted.push_back(sent.back());
        }
        if (n % 7 == 0) loop_.poll_one();
    }
    RunUntil([&] { return all.heard->size() == sent.size() && other.heard->size() == kMessages; });
    EXPECT_EQ(*all.heard, sent);
    RunUntil([&] { return some.heard->size() == wanted.size(); });
    EXPECT_EQ(*some.heard, wanted);
    EXPECT_TRUE(refused_.empty());
}

TEST_F(PublisherTest, WhoSubscribesHearsTheAnswerFirstAndAlone) {
    const auto publisher = Make();
    const auto early = Subscribe({""});
    on_subscribed_ = [&](const Publisher::Send& send) {
        Publish(*publisher, "a", "news");
        for (const char* topic : {"a", "b"}) send(std::array<std::string_view, 2>{topic, "state"});
    };
    Publish(*publisher, "a", "before");
    const auto late = Subscribe({""});
    on_subscribed_ = nullptr;
    Publish(*publisher, "a", "after");
    RunUntil([&] { return late.heard->size() == 4 && early.heard->size() == 3; });
    EXPECT_EQ(*early.heard, (Heard{"a=before", "a=news", "a=after"}));
    EXPECT_EQ(*late.heard, (Heard{"a=news", "a=state", "b=state", "a=after"}));
}

TEST_F(PublisherTest, SubscriptionsCanBeCancelled) {
    const auto publisher = Make();
    const auto subscriber = Subscribe({"a", "b"});
    subscriber.socket->raw().set(zmq::sockopt::unsubscribe, "a");
    // What comes after the cancellation has been taken in.
    subscriber.socket->raw().set(zmq::sockopt::subscribe, "c");
    RunUntil([&] { return subscribed_.size() == 3; });
    for (const char* topic : {"a", "b", "c"}) Publish(*publisher, topic, "");
    RunUntil([&] { return subscriber.heard->size() == 2; });
    EXPECT_EQ(*subscriber.heard, (Heard{"b=", "c="}));
}

TEST_F(PublisherTest, SubscribersConnectAnewToWhoBindsNext) {
    const auto first = Make();
    const std::string own = endpoint_ + "-own";
    first->Bind(own);
    const auto moves = Subscribe({"a"});
    const auto stays = Subscribe({"a"}, own);
    RunUntil([&] { return subscribed_.size() == 2; });

    Publish(*first, "a", "last");
    first->Unbind(endpoint_);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "socket"));
    const auto second = Make();
    RunUntil([&] { return subscribed_.size() == 3; });
    Publish(*second, "a", "second");
    Publish(*first, "a", "first");
    RunUntil([&] { return moves.heard->size() == 2 && stays.heard->size() == 2; });
    EXPECT_EQ(*moves.heard, (Heard{"a=last", "a=second"}));
    EXPECT_EQ(*stays.heard, (Heard{"a=last", "a=first"}));
}

TEST_F(PublisherTest, WhatWasPublishedLastIsSent) {
    auto publisher = Make();
    const auto subscriber = Subscribe({""});
    Publish(*publisher, "last", "words");
    publisher.reset();
    RunUntil([&] { return subscriber.heard->size() == 1; });
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(PublisherTest, ASubscriberThatDoesNotReadLosesMessagesAndHoldsNobodyUp) {
    constexpr std::size_t kSize = 10'000;
    constexpr int kMessages = 2'000;  // 20 MB
    const auto publisher = Make();
    const auto stopped = ConnectPeer(endpoint_);
    Say(stopped.get(), Begin("SUB", "") + Subscription(""));
    RunUntil([&] { return subscribed_.size() == 1; });
    const auto reader = Subscribe({""});
    const std::string text(kSize, 'x');
    for (int n = 1; n <= kMessages; ++n) {
        Publish(*publisher, "a", text);
        if (n % 10 == 0)
            RunUntil([&] { return reader.heard->size() == static_cast<std::size_t>(n); });
    }

    // Once it reads again, it gets what was kept for it, whole, and what comes then.
    std::size_t received = 0;
    std::array<char, 65536> bytes;
    const auto read = [&] {
        const ssize_t size = ::recv(stopped.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (size > 0) received += static_cast<std::size_t>(size);
        return size > 0;
    };
    const auto read_all = [&] {
        for (int quiet = 0; quiet < 10; quiet = read() ? 0 : quiet + 1) {
            loop_.restart();
            loop_.poll();
        }
    };
    read_all();
    EXPECT_GT(received, 8'000'000U);
    EXPECT_LT(received, 10'000'000U);
    std::string message;
    AppendMessage(message, std::array<std::string_view, 2>{"a", text});
    std::string start = Greeting();
    AppendCommand(start, Ready("XPUB", ""));
    EXPECT_EQ((received - start.size()) % message.size(), 0U);

    received = 0;
    Publish(*publisher, "a", text);
    read_all();
    EXPECT_EQ(received, message.size());
}

TEST_F(PublisherTest, AnswersAreWholeAndCompleteHoweverLong) {
    const auto publisher = Make();
    const std::string text(1'000'000, 'x');
    on_subscribed_ = [&](const Publisher::Send& send) {
        const std::string topic = subscribed_.back();
        for (int n = 0; n < 20; ++n) send(std::array<std::string_view, 2>{topic, text});
    };
    const auto subscriber = Subscribe({"a", "b", "c"}, endpoint_);
    // What is not answered yet is not subscribed to yet: its state is to come first.
    RunUntil([&] { return !subscribed_.empty(); });
    EXPECT_EQ(subscribed_, std::vector<std::string>{"a"});
    for (const char* topic : {"a", "b", "c"}) Publish(*publisher, topic, "news");
    RunUntil([&] { return subscriber.heard->size() >= 60; });
    EXPECT_EQ(std::ranges::count(*subscriber.heard, "b=news"), 0);
    EXPECT_EQ(std::ranges::count(*subscriber.heard, "c=news"), 0);
    Publish(*publisher, "c", "more");
    RunUntil([&] { return subscriber.heard->back() == "c=more"; });
    EXPECT_EQ(std::ranges::count(*subscriber.heard, "b=" + text), 20);
    EXPECT_EQ(std::ranges::count(*subscriber.heard, "c=" + text), 20);
}

TEST_F(PublisherTest, WhoAsksAgainIsAnsweredAgain) {
    const auto publisher = Make();
    on_subscribed_ = [](const Publisher::Send& send) {
        send(std::array<std::string_view, 2>{"a", "state"});
    };
    const auto subscriber = Subscribe({"a"});
    subscriber.socket->raw().set(zmq::sockopt::subscribe, "a");
    RunUntil([&] { return subscriber.heard->size() == 2; });
    Publish(*publisher, "a", "news");
    RunUntil([&] { return subscriber.heard->size() == 3; });
    EXPECT_EQ(*subscriber.heard, (Heard{"a=state", "a=state", "a=news"}));
}

TEST_F(PublisherTest, IntroducesItselfBeforeItAnswers) {
    const auto publisher = Make();
    on_subscribed_ = [](const Publisher::Send& send) {
        send(std::array<std::string_view, 2>{"a", "state"});
    };
    const auto hasty = ConnectPeer(endpoint_);
    Say(hasty.get(), Begin("SUB", "") + Subscription(""));
    std::string wanted = Begin("XPUB", "");
    AppendMessage(wanted, std::array<std::string_view, 2>{"a", "state"});
    std::string heard;
    RunUntil([&] {
        std::array<char, 4096> bytes;
        const ssize_t size = ::recv(hasty.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (size > 0) heard.append(bytes.data(), static_cast<std::size_t>(size));
        return heard.size() >= wanted.size();
    });
    EXPECT_EQ(heard, wanted);
}

TEST_F(PublisherTest, FindsSubscriptionsAmongMany) {
    const auto publisher = Make();
    std::vector<std::string> prefixes;
    for (int n = 0; n < 500; ++n) prefixes.push_back("station." + std::to_string(n) + ".");
    prefixes.insert(prefixes.end(), {"station.", "t", "title", "title.x"});
    const auto many = Subscribe(prefixes);
    const auto few = Subscribe({"station.5", "station.", "title.kpcc"});
    const Heard topics{"s",           "station", "station.",   "station.4",
                       "station.5.x", "station", "title.kpcc", "title.kpccx",
                       "title.kpc",   "u",       "\xff",       ""};
    Heard for_many, for_few;
    for (const auto& topic : topics) {
        Publish(*publisher, topic, "");
        if (topic.starts_with("station.") || topic.starts_with("t"))
            for_many.push_back(topic + "=");
        if (topic.starts_with("station.") || topic.starts_with("title.kpcc"))
            for_few.push_back(topic + "=");
    }
    RunUntil([&] {
        return many.heard->size() == for_many.size() && few.heard->size() == for_few.size();
    });
    EXPECT_EQ(*many.heard, for_many);
    EXPECT_EQ(*few.heard, for_few);
}

TEST_F(PublisherTest, StrangersAreHungUpOn) {
    const auto publisher = Make();
    event::ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    dealer.Connect(endpoint_);
    RunUntil([&] { return !refused_.empty(); });
    EXPECT_EQ(refused_[0], "a connection was closed: expected a SUB, got DEALER");

    const auto greedy = ConnectPeer(endpoint_);
    std::string bytes = Begin("SUB", "");
    for (int n = 0; n < 4097; ++n) bytes += Subscription(std::to_string(n));
    Say(greedy.get(), bytes);
    RunUntil([&] {
        return refused_.back() == "a connection was closed: expected at most 4096 subscriptions";
    });
    EXPECT_TRUE(HungUp(greedy.get()));

    const auto subscriber = Subscribe({""});
    Publish(*publisher, "still", "here");
    RunUntil([&] { return !subscriber.heard->empty(); });
}

TEST_F(PublisherTest, NonsenseIsNoSubscription) {
    const auto publisher = Make();
    const auto peer = ConnectPeer(endpoint_);
    std::string bytes = Begin("XSUB", "me");
    AppendFrame(bytes, "", false);
    AppendFrame(bytes, "\2a", false);
    AppendFrame(bytes, "\1a", true);
    AppendFrame(bytes, "\1a", false);
    AppendFrame(bytes, "\1" + std::string(1024, 'a'), false);
    bytes += Cancellation("a") + Subscription("b") + Subscription("b");
    Say(peer.get(), bytes);
    RunUntil([&] { return subscribed_.size() == 2; });
    EXPECT_EQ(subscribed_, (std::vector<std::string>{"b", "b"}));
    ASSERT_FALSE(refused_.empty());
    EXPECT_EQ(refused_[0], "a message of more than 1024 bytes or 1 frames");
    EXPECT_FALSE(HungUp(peer.get()));
}

TEST_F(PublisherTest, MayGoOrUnbindWhileSomebodySubscribes) {
    for (const bool goes : {false, true}) {
        auto publisher = Make();
        bool done = false;
        on_subscribed_ = [&](const Publisher::Send& send) {
            if (std::exchange(done, true)) return;
            goes ? publisher.reset() : publisher->Unbind(endpoint_);
            send(std::array<std::string_view, 2>{"a", "lost"});
        };
        const auto subscriber = Subscribe({"a", "b"}, endpoint_);
        RunUntil([&] { return done; });
        // It is there again, and finds what is bound anew.
        const auto next = Make();
        subscribed_.clear();
        RunUntil([&] { return subscribed_.size() == 2; });
        Publish(*next, "a", "heard");
        RunUntil([&] { return !subscriber.heard->empty(); });
        EXPECT_EQ(*subscriber.heard, Heard{"a=heard"});
    }
}

TEST_F(PublisherTest, BindsAgainWhatItUnboundInTheSameTurn) {
    const auto publisher = Make();
    for (int n = 0; n < 100; ++n) {
        const auto knocks = ConnectPeer(endpoint_);
        if (n % 2 == 0) loop_.poll_one();
        publisher->Unbind(endpoint_);
        publisher->Bind(endpoint_);
    }
    const auto subscriber = Subscribe({""});
    Publish(*publisher, "a", "b");
    RunUntil([&] { return !subscriber.heard->empty(); });
}

}  // namespace
}  // namespace aircheck::zmtp
