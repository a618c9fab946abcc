// SPDX-License-Identifier: MIT
#pragma once

#include "common/event/zmq_socket.h"
#include "common/time/clock.h"
#include "proto/messages.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace aircheck::worker {

/// A worker's side of the control socket: messages up, commands down. What cannot be taken is
/// counted, and answered if it was of another version. Lives on the loop's thread.
class ControlChannel {
public:
    using CommandHandler = std::function<void(const proto::Command&)>;
    using AnswerHandler = std::function<void(const proto::Answer&)>;

    /// Throws std::runtime_error naming the endpoint.
    ControlChannel(boost::asio::io_context& loop, const std::string& endpoint,
                   const std::string& routing_id);

    /// For answers to what was asked for. Before OnCommand.
    void OnAnswer(AnswerHandler handler) { on_answer_ = std::move(handler); }

    /// Starts reading.
    void OnCommand(CommandHandler handler);

    /// Dropped if there is nobody to take it.
    void Send(const proto::Message& message);

private:
    void Take(const event::ZmqFrames& frames);
    void Complain(const std::string& reason);

    zmq::context_t context_;
    event::ZmqSocket socket_;
    CommandHandler handler_;
    AnswerHandler on_answer_;
    std::uint64_t refused_ = 0;
    std::optional<time::SteadyTime> complained_;
};

}  // namespace aircheck::worker
