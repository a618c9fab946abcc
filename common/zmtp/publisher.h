// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/zmtp/frame.h"

namespace aircheck::zmtp {

/// An XPUB (zmq_socket(3)) on Unix sockets and the event loop: other processes listen to it with
/// ZeroMQ's SUB. Unlike ZeroMQ's own it needs no thread, and can speak to one subscriber alone.
///
/// What is published in one turn of the loop goes to a subscriber with one send(2) at its end. A
/// subscriber that does not read as fast keeps nobody waiting: it loses messages. Lives on the
/// loop's thread; the events are called from there.
class Publisher {
public:
    using Send = std::function<void(Frames)>;
    struct Events {
        /// Somebody hears from now on what begins with `prefix`; that may have been so before. What
        /// is sent during the call goes to that one alone, and before all that follows.
        std::function<void(std::string_view prefix, const Send& send)> on_subscribed;
        /// A connection was closed (not ZeroMQ, not a SUB, ...) or a message left out, and why.
        std::function<void(const std::string& reason)> on_refused;
    };

    /// So many bytes may wait for a subscriber, then it loses messages.
    Publisher(boost::asio::io_context& loop, std::size_t most_unsent, Events events);
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;
    /// What subscribers take at once is sent.
    ~Publisher();

    /// Listens at "ipc://PATH"; a socket that lies there is removed first. Throws
    /// std::runtime_error naming the endpoint.
    void Bind(const std::string& endpoint);

    /// Listens there no more, and ends the connections that were accepted there: subscribers
    /// connect anew, to whoever binds it next.
    void Unbind(const std::string& endpoint) noexcept;

    /// To those who have subscribed to what the first frame begins with.
    void Publish(Frames frames);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::zmtp
