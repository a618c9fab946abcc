// SPDX-License-Identifier: MIT
#include "common/event/zmq_socket.h"

#include <gtest/gtest.h>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

#include "tests/unit/support/run_until.h"

namespace aircheck::event {
namespace {

using namespace std::chrono_literals;

class ZmqSocketTest : public testing::Test {
protected:
    bool RunUntil(const std::function<bool()>& condition) {
        return test::RunUntil(loop_, condition);
    }

    boost::asio::io_context loop_;
    zmq::context_t context_;
};

TEST_F(ZmqSocketTest, DeliversEveryMessageInOrder) {
    ZmqSocket router(loop_, context_, zmq::socket_type::router);
    ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    router.Bind("inproc://all");
    int received = 0;
    router.OnMessage([&](ZmqFrames frames) {
        ASSERT_EQ(3U, frames.size());
        EXPECT_EQ(std::to_string(received++), frames[1]);
    });
    dealer.Connect("inproc://all");
    constexpr int kCount = 900;
    for (int i = 0; i < kCount; ++i) EXPECT_TRUE(dealer.Send({std::to_string(i), "x"}));
    EXPECT_TRUE(RunUntil([&] { return received == kCount; }));
}

TEST_F(ZmqSocketTest, NeverCallsTheHandlerFromSend) {
    ZmqSocket router(loop_, context_, zmq::socket_type::router);
    ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    bool sending = false;
    int echoes = 0;
    router.Bind("inproc://echo");
    dealer.Connect("inproc://echo");
    router.OnMessage([&](const ZmqFrames& frames) { router.Send(frames); });
    dealer.OnMessage([&](const ZmqFrames&) {
        EXPECT_FALSE(sending);
        if (++echoes == 500) return;
        sending = true;
        dealer.Send({"ping"});
        sending = false;
    });
    dealer.Send({"ping"});
    EXPECT_TRUE(RunUntil([&] { return echoes == 500; }));
}

TEST_F(ZmqSocketTest, CountsWhatNobodyTakes) {
    ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    EXPECT_FALSE(dealer.Send({"a", "b"}));
    EXPECT_EQ(1U, dealer.dropped_sends());
}

TEST_F(ZmqSocketTest, DropsOversizedMessagesAndGoesOn) {
    ZmqSocket router(loop_, context_, zmq::socket_type::router);
    ZmqSocket dealer(loop_, context_, zmq::socket_type::dealer);
    router.Bind("inproc://big");
    dealer.Connect("inproc://big");
    int received = 0;
    router.OnMessage([&](const ZmqFrames&) { ++received; });
    dealer.Send(ZmqFrames(ZmqSocket::kMaxFrames, "x"));  // and the routing id: one too many
    dealer.Send({std::string(ZmqSocket::kMaxBytes, 'x')});
    dealer.Send({"fits"});
    EXPECT_TRUE(RunUntil([&] { return received == 1; }));
    EXPECT_EQ(2U, router.dropped_receives());
}

TEST_F(ZmqSocketTest, LetsOtherHandlersRunDuringAFlood) {
    ZmqSocket pull(loop_, context_, zmq::socket_type::pull);
    ZmqSocket push(loop_, context_, zmq::socket_type::push);
    pull.Bind("inproc://flood");
    push.Connect("inproc://flood");
    bool flooding = true;
    pull.OnMessage([&](const ZmqFrames&) {
        if (flooding) push.Send({"again"});  // there is always one more
    });
    push.Send({"first"});
    boost::asio::steady_timer timer(loop_, 20ms);
    timer.async_wait([&](const boost::system::error_code&) { flooding = false; });
    EXPECT_TRUE(RunUntil([&] { return !flooding; }));
}

TEST_F(ZmqSocketTest, MayBeDestroyedByItsHandler) {
    auto pull = std::make_unique<ZmqSocket>(loop_, context_, zmq::socket_type::pull);
    ZmqSocket push(loop_, context_, zmq::socket_type::push);
    pull->Bind("inproc://gone");
    push.Connect("inproc://gone");
    int received = 0;
    pull->OnMessage([&](const ZmqFrames&) {
        pull.reset();
        ++received;
    });
    push.Send({"1"});
    push.Send({"2"});
    EXPECT_TRUE(RunUntil([&] { return received > 0; }));
    loop_.run_for(20ms);
    EXPECT_EQ(1, received);
}

TEST_F(ZmqSocketTest, HandsUpSubscriptions) {
    ZmqSocket tap(loop_, context_, zmq::socket_type::xpub);
    tap.Bind("inproc://tap");
    ZmqFrames seen;
    tap.OnMessage([&](ZmqFrames frames) { seen = std::move(frames); });
    zmq::socket_t subscriber(context_, zmq::socket_type::sub);
    subscriber.set(zmq::sockopt::subscribe, "heartbeat.");
    subscriber.connect("inproc://tap");
    EXPECT_TRUE(RunUntil([&] { return !seen.empty(); }));
    EXPECT_EQ(ZmqFrames{std::string("\1heartbeat.")}, seen);
    subscriber.close();
}

TEST_F(ZmqSocketTest, NamesTheEndpointThatCannotBeBound) {
    ZmqSocket pull(loop_, context_, zmq::socket_type::pull);
    try {
        pull.Bind("ipc:///nowhere/x");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string::npos, std::string(error.what()).find("ipc:///nowhere/x"));
    }
}

}  // namespace
}  // namespace aircheck::event
