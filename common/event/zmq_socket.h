// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <zmq.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aircheck::event {

using ZmqFrames = std::vector<std::string>;

/// A ZeroMQ socket on the event loop. ZMQ_FD is edge-triggered, so after every wake-up and every
/// turn of the loop with a send in it everything is drained. Sends never block; linger is 0.
/// Lives on the loop's thread; the handler is called from there, never from inside Send.
class ZmqSocket {
public:
    using Handler = std::function<void(ZmqFrames)>;

    ZmqSocket(boost::asio::io_context& loop, zmq::context_t& context, zmq::socket_type type);
    ZmqSocket(const ZmqSocket&) = delete;
    ZmqSocket& operator=(const ZmqSocket&) = delete;
    ~ZmqSocket();

    /// For options before Bind or Connect.
    zmq::socket_t& raw();

    /// Both throw std::runtime_error naming the endpoint. Bind answers how ZeroMQ calls it, with
    /// wildcards filled in.
    std::string Bind(const std::string& endpoint);
    void Connect(const std::string& endpoint);

    /// Listens no more to what Bind answered, and ends the connections accepted there. The endpoint
    /// is free on return, which ZeroMQ's own unbinding does not wait for.
    void Unbind(const std::string& endpoint) noexcept;

    /// Starts reading. A message with more than `kMaxFrames` frames or `kMaxBytes` in all is
    /// dropped and counted.
    void OnMessage(Handler handler);

    /// False if the message was not taken (peer gone or slow): it is dropped and counted.
    bool Send(const ZmqFrames& frames);

    std::uint64_t dropped_sends() const;
    std::uint64_t dropped_receives() const;

    static constexpr std::size_t kMaxFrames = 8;
    static constexpr std::size_t kMaxBytes = 4 * 1024 * 1024;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::event
