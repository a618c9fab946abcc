// SPDX-License-Identifier: MIT
#include "supervisor/control_socket.h"

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

constexpr std::chrono::seconds kReportEvery{60};

}  // namespace

ControlSocket::ControlSocket(boost::asio::io_context& loop, const time::Clock& clock,
                             const std::string& endpoint, Handler on_message)
    : clock_(clock),
      on_message_(std::move(on_message)),
      router_(loop,
              {.on_message = [this](const std::string& identity,
                                    zmtp::Frames frames) { Take(identity, frames); },
               .on_refused = [this](const std::string& reason) { Count(kMalformed, reason); }}) {
    BindAlso(endpoint);
}

void ControlSocket::Send(const std::string& identity, const proto::Message& message) {
    const std::string topic = proto::Topic(message);
    const std::string json = proto::Encode(message);
    router_.Send(identity, std::array<std::string_view, 2>{topic, json});
}

void ControlSocket::CountForeign(std::string_view reason) {
    Count(kForeign, reason);
}

void ControlSocket::Take(const std::string& identity, zmtp::Frames frames) {
    if (frames.size() != 2) {
        Count(kMalformed, "not a topic and a JSON frame");
        return;
    }
    auto decoded = proto::Decode(frames[0], frames[1]);
    if (auto* message = std::get_if<proto::Message>(&decoded)) {
        on_message_({identity, frames[0], frames[1], std::move(*message)});
    } else {
        Refuse(identity, std::get<proto::DecodeError>(decoded));
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

void ControlSocket::Count(Ignored kind, std::string_view reason) {
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
