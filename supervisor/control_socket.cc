// SPDX-License-Identifier: MIT
#include "supervisor/control_socket.h"

#include <chrono>
#include <utility>
#include <variant>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

constexpr std::chrono::seconds kReportEvery{60};

}  // namespace

ControlSocket::ControlSocket(boost::asio::io_context& loop, zmq::context_t& context,
                             const time::Clock& clock, const std::string& endpoint,
                             Handler on_message)
    : clock_(clock),
      on_message_(std::move(on_message)),
      socket_(loop, context, zmq::socket_type::router) {
    // A worker that lost its connection and came back takes its identity over.
    socket_.raw().set(zmq::sockopt::router_handover, true);
    BindAlso(endpoint);
    socket_.OnMessage([this](event::ZmqFrames frames) { Take(std::move(frames)); });
}

void ControlSocket::BindAlso(const std::string& endpoint) {
    socket_.Bind(endpoint);
    files_.emplace_back(endpoint);
}

void ControlSocket::Send(const std::string& identity, const proto::Message& message) {
    socket_.Send({identity, proto::Topic(message), proto::Encode(message)});
}

void ControlSocket::CountForeign(const std::string& reason) {
    Count(kForeign, reason);
}

void ControlSocket::Take(event::ZmqFrames frames) {
    if (frames.size() != 3) {
        Count(kMalformed, "not a topic and a JSON frame");
        return;
    }
    auto decoded = proto::Decode(frames[1], frames[2]);
    if (auto* message = std::get_if<proto::Message>(&decoded)) {
        on_message_({std::move(frames[0]), std::move(frames[1]), std::move(frames[2]),
                     std::move(*message)});
    } else {
        Refuse(frames[0], std::get<proto::DecodeError>(decoded));
    }
}

void ControlSocket::Refuse(const std::string& identity, const proto::DecodeError& error) {
    switch (error.kind) {
        case proto::DecodeError::Kind::kOversized:
            Count(kOversized, error.reason);
            break;
        case proto::DecodeError::Kind::kMalformed:
            Count(kMalformed, error.reason);
            break;
        case proto::DecodeError::Kind::kUnknownTopic:
            Count(kUnknownTopic, error.reason);
            break;
        case proto::DecodeError::Kind::kUnknownVersion:
            Count(kUnknownVersion, error.reason);
            Send(identity, proto::Rejected{.reason = error.reason});
            break;
    }
}

void ControlSocket::Count(Ignored kind, const std::string& reason) {
    ++ignored_[kind];
    if (clock_.Steady() < next_report_) return;
    next_report_ = clock_.Steady() + kReportEvery;
    log::warn(
        "control: messages ignored so far: {} oversized, {} malformed, {} of unknown topic, {} of "
        "unknown version, {} of other processes; the last: {}",
        ignored_[kOversized], ignored_[kMalformed], ignored_[kUnknownTopic],
        ignored_[kUnknownVersion], ignored_[kForeign], util::CleanUtf8(reason));
}

}  // namespace aircheck::supervisor
