// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/event/zmq_socket.h"
#include "common/zmtp/publisher.h"
#include "supervisor/tap_gate.h"

namespace aircheck::supervisor {

/// What taps on other machines listen to: ZeroMQ's own XPUB on tcp, encrypted if there is a key.
/// Owned by the tap socket; lives on the loop's thread.
class TcpTap {
public:
    struct Options {
        std::string endpoint;       // tcp://...
        std::filesystem::path key;  // see TapKey; empty: it is open
        std::size_t state = 0;      // about how many messages the present state has
        std::size_t largest = 0;    // about how many bytes the largest message has
    };
    /// As Publisher has it; but XPUB cannot speak to one subscriber alone: others with the same
    /// topics hear what is sent, too.
    using OnSubscribed = decltype(zmtp::Publisher::Events::on_subscribed);

    /// Throws std::runtime_error if something is wrong with the key.
    TcpTap(boost::asio::io_context& loop, const Options& options, OnSubscribed on_subscribed);

    /// Does nothing if it is bound. Throws std::runtime_error naming the endpoint.
    void Bind();

    /// The endpoint is free when this returns. ZeroMQ ends connections with the listener that
    /// accepted them: taps connect anew.
    void Unbind() noexcept;

    /// Sent when the loop has done what it is at: all that is published meanwhile goes together,
    /// and ZeroMQ's thread is woken up once for it.
    void Publish(zmtp::Frames frames);

private:
    void OnMessage(const event::ZmqFrames& frames);
    void SendAll();

    boost::asio::io_context& loop_;
    const std::string endpoint_;
    const OnSubscribed on_subscribed_;
    zmq::context_t context_;
    std::optional<TapGate> gate_;
    event::ZmqSocket socket_;
    std::string bound_;                   // as ZeroMQ calls it; empty: not bound
    std::vector<event::ZmqFrames> news_;  // to be sent at the end of the turn
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the loop still calls
};

}  // namespace aircheck::supervisor
