// SPDX-License-Identifier: MIT
#include "common/worker/control_channel.h"

#include "common/log/log.h"

#include <chrono>
#include <utility>
#include <variant>

namespace aircheck::worker {
namespace {

constexpr std::chrono::minutes kComplainEvery{1};

}  // namespace

ControlChannel::ControlChannel(boost::asio::io_context& loop, const std::string& endpoint,
                               const std::string& routing_id)
    : socket_(loop, context_, zmq::socket_type::dealer) {
    socket_.raw().set(zmq::sockopt::routing_id, routing_id);
    socket_.Connect(endpoint);
}

void ControlChannel::OnCommand(CommandHandler handler) {
    handler_ = std::move(handler);
    socket_.OnMessage([this](const event::ZmqFrames& frames) { Take(frames); });
}

void ControlChannel::Send(const proto::Message& message) {
    socket_.Send({proto::Topic(message), proto::Encode(message)});
}

void ControlChannel::Take(const event::ZmqFrames& frames) {
    if (frames.size() != 2) {
        Complain("not two frames");
        return;
    }
    const auto decoded = proto::Decode(frames[0], frames[1]);
    if (const auto* error = std::get_if<proto::DecodeError>(&decoded)) {
        // A rejection of another version is left alone: two could go on rejecting for ever.
        if (error->kind == proto::DecodeError::Kind::kUnknownVersion &&
            frames[0] != proto::Topic(proto::Rejected{}))
            Send(proto::Rejected{.reason = error->reason});
        Complain(error->reason);
        return;
    }
    const auto& message = std::get<proto::Message>(decoded);
    if (const auto* command = std::get_if<proto::Command>(&message)) {
        handler_(*command);
    } else if (const auto* answer = std::get_if<proto::Answer>(&message); answer && on_answer_) {
        on_answer_(*answer);
    } else if (const auto* rejected = std::get_if<proto::Rejected>(&message)) {
        Complain("the supervisor refused a message: " + rejected->reason);
    } else {
        Complain("not a command");
    }
}

void ControlChannel::Complain(const std::string& reason) {
    ++refused_;
    const time::SteadyTime now = time::SystemClock().Steady();
    if (complained_ && now - *complained_ < kComplainEvery) return;
    complained_ = now;
    log::warn("control: a message could not be taken ({} so far): {}", refused_, reason);
}

}  // namespace aircheck::worker
