// SPDX-License-Identifier: MIT
#include "supervisor/beat_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::udp;
using testing::ElementsAre;

std::uint16_t FreePort() {
    boost::asio::io_context loop;
    return udp::socket(loop, {boost::asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

class BeatReceiverTest : public testing::Test {
protected:
    BeatReceiverTest() {
        config_.listen = {"127.0.0.1", FreePort()};
        config_.check = 50ms;
        config_.timeout = 100ms;
    }

    void Start() {
        receiver_.emplace(loop_, time::SystemClock(), config_,
                          [this](const proto::MachineEvent& event) {
                              events_.insert(event.event + " " + event.machine);
                          });
        receiver_->Start();
    }

    void Send(const std::string& datagram, const std::string& from = "127.0.0.1") {
        udp::socket socket(loop_, {boost::asio::ip::make_address(from), 0});
        socket.send_to(boost::asio::buffer(datagram),
                       {boost::asio::ip::make_address(config_.listen.host), config_.listen.port});
    }

    bool Await(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            loop_.run_one_for(10ms);
        }
        return condition();
    }

    boost::asio::io_context loop_;
    config::MachinesConfig config_;
    std::set<std::string> events_;
    std::optional<BeatReceiver> receiver_;
};

TEST_F(BeatReceiverTest, HearsMachinesByAddressAndName) {
    Start();
    Send("PyHB");
    Send("PyHB", "127.1.2.3");
    Send("PyHB attic", "127.1.2.3");
    EXPECT_TRUE(Await([this] { return events_.size() >= 3; }));
    EXPECT_THAT(events_,
                ElementsAre("heard 127.0.0.1", "heard 127.1.2.3", "heard 127.1.2.3/attic"));
    EXPECT_TRUE(Await([this] { return events_.contains("silent 127.1.2.3/attic"); }));
    Send("PyHB attic", "127.1.2.3");
    EXPECT_TRUE(Await([this] { return events_.contains("returned 127.1.2.3/attic"); }));
}

TEST_F(BeatReceiverTest, WhatIsNoHeartbeatChangesNothing) {
    config_.check = config_.timeout = 1h;
    Start();
    for (const auto& datagram : {std::string(), std::string("PyH"), std::string(9000, 'x'),
                                 "PyHB " + std::string(9000, 'x'), std::string("PyHB \xff")}) {
        Send(datagram, "127.6.6.6");
    }
    Send("PyHB", "127.0.0.9");
    EXPECT_TRUE(Await([this] { return !events_.empty(); }));
    EXPECT_THAT(events_, ElementsAre("heard 127.0.0.9"));
}

TEST_F(BeatReceiverTest, AnIpv4MachineIsTheSameThroughAnIpv6Socket) {
    config_.listen.host = "::";
    try {
        Start();
    } catch (const std::runtime_error&) {
        GTEST_SKIP() << "no IPv6 here";
    }
    config_.listen.host = "127.0.0.1";
    Send("PyHB");
    EXPECT_TRUE(Await([this] { return events_.contains("heard 127.0.0.1"); }));
}

TEST_F(BeatReceiverTest, SaysWhichAddressCannotBeHad) {
    udp::socket holder(loop_, {boost::asio::ip::address_v4::loopback(), config_.listen.port});
    try {
        Start();
        FAIL() << "two on one port";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("cannot hear machines on 127.0.0.1:" +
                                                     std::to_string(config_.listen.port)));
    }
}

}  // namespace
}  // namespace aircheck::supervisor
