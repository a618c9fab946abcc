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

/// A ROUTER (zmq_socket(3)) on Unix sockets and the event loop: other processes connect to it with
/// ZeroMQ's DEALER. Unlike ZeroMQ's own it needs no thread and no queues between two: a message of
/// a quiet peer costs one recv(2) and is handed on from where that put it.
///
/// A peer that comes with the identity of another one takes its place. Sends never block. Lives on
/// the loop's thread; the events are called from there, never from inside Send.
class Router {
public:
    struct Events {
        /// What it is given is valid during the call only.
        std::function<void(const std::string& identity, Frames frames)> on_message;
        /// A message was left out (more than `kMaxFrames` frames or `kMaxBytes` in all) or a
        /// connection closed (not ZeroMQ, not a DEALER, ...), and why.
        std::function<void(const std::string& reason)> on_refused;
    };

    Router(boost::asio::io_context& loop, Events events);
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;
    ~Router();

    /// Listens at "ipc://PATH"; a socket that lies there is removed first. Throws
    /// std::runtime_error naming the endpoint.
    void Bind(const std::string& endpoint);

    /// False if the message was not taken: there is no such peer, or it does not take what it was
    /// sent before.
    bool Send(std::string_view identity, Frames frames);

    static constexpr std::size_t kMaxFrames = 8;
    static constexpr std::size_t kMaxBytes = 4 * 1024 * 1024;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::zmtp
