// SPDX-License-Identifier: MIT
#include "supervisor/tap_gate.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <chrono>

#include "supervisor/tap_key.h"

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using Frames = std::vector<std::string>;

class TapGateTest : public testing::Test {
protected:
    /// As the authentication protocol has it: code and id of the answer.
    Frames Ask(const Frames& request) {
        zmq::socket_t client(context_, zmq::socket_type::req);
        client.set(zmq::sockopt::linger, 0);
        client.connect("inproc://zeromq.zap.01");
        for (std::size_t i = 0; i < request.size(); ++i) {
            const bool last = i + 1 == request.size();
            client.send(zmq::buffer(request[i]),
                        last ? zmq::send_flags::none : zmq::send_flags::sndmore);
        }
        Frames answer;
        for (int turn = 0; turn < 5000; ++turn) {
            loop_.run_for(1ms);
            loop_.restart();
            zmq::message_t frame;
            while (client.recv(frame, zmq::recv_flags::dontwait)) {
                answer.push_back(frame.to_string());
                if (!frame.more()) return answer;
            }
        }
        return answer;
    }
    static std::string Bytes(const std::string& key) {
        std::string bytes(32, '\0');
        zmq_z85_decode(reinterpret_cast<std::uint8_t*>(bytes.data()), key.c_str());
        return bytes;
    }

    zmq::context_t context_;
    boost::asio::io_context loop_;
    const TapKey friend_ = NewTapKey();
    TapGate gate_{loop_, context_, {NewTapKey().public_key, friend_.public_key}};
};

TEST_F(TapGateTest, LetsInWhoIsListed) {
    EXPECT_EQ(Ask({"1.0", "7", "tap", "10.0.0.8", "", "CURVE", Bytes(friend_.public_key)}),
              (Frames{"1.0", "7", "200", "OK", "", ""}));
    EXPECT_EQ(Ask({"1.0", "8", "tap", "10.0.0.8", "", "CURVE", Bytes(NewTapKey().public_key)}),
              (Frames{"1.0", "8", "400", "not listed", "", ""}));
}

TEST_F(TapGateTest, RefusesWhatIsNotAsItShouldBe) {
    const std::string key = Bytes(friend_.public_key);
    for (const Frames& request : {
             Frames{""},
             Frames{"1.0", "1"},
             Frames{"2.0", "1", "tap", "10.0.0.8", "", "CURVE", key},
             Frames{"1.0", "1", "other", "10.0.0.8", "", "CURVE", key},
             Frames{"1.0", "1", "tap", "10.0.0.8", "", "NULL"},
             Frames{"1.0", "1", "tap", "10.0.0.8", "", "PLAIN", key},
             Frames{"1.0", "1", "tap", "10.0.0.8", "", "CURVE", key.substr(1)},
             Frames{"1.0", "1", "tap", "10.0.0.8", "", "CURVE", key, "more"},
         }) {
        const Frames answer = Ask(request);
        ASSERT_EQ(answer.size(), 6u) << request.size();
        EXPECT_EQ(answer[2], "400");
    }
}

}  // namespace
}  // namespace aircheck::supervisor
