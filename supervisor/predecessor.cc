// SPDX-License-Identifier: MIT
#include "supervisor/predecessor.h"

#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "common/log/log.h"

namespace aircheck::supervisor {
namespace {

constexpr std::chrono::seconds kGreetingTimeout{10};
constexpr std::chrono::seconds kAnswerTimeout{1};

}  // namespace

Inheritance AwaitInheritance(takeover::Channel& channel) {
    takeover::Parcel parcel;
    if (channel.Receive(parcel, kGreetingTimeout) != takeover::Channel::Result::kDone)
        throw std::runtime_error("the supervisor that started this one has told it nothing");
    auto decoded = proto::DecodeHandover(parcel.bytes);
    if (const auto* error = std::get_if<proto::DecodeError>(&decoded))
        throw std::runtime_error("the older supervisor cannot be understood: " + error->reason);
    auto& greeting = std::get<proto::Handover>(decoded);
    if (greeting.kind != "greeting" || greeting.addresses.size() != parcel.fds.size())
        throw std::runtime_error("the older supervisor did not begin with a greeting");
    return {std::move(greeting), std::move(parcel.fds)};
}

void AnswerCheck(takeover::Channel& channel, const std::string& reason) {
    channel.Send(proto::Encode({.kind = "checked", .version = AIRCHECK_VERSION, .reason = reason}),
                 {}, kAnswerTimeout);
}

Predecessor::Predecessor(boost::asio::io_context& loop, takeover::Channel channel,
                         const std::vector<std::string>& recording, Handlers handlers)
    : handlers_(std::move(handlers)),
      recording_(recording.begin(), recording.end()),
      link_(loop, std::move(channel),
            {.message = [this](const proto::Handover& message, const auto&) { OnMessage(message); },
             .closed = [this](const std::string&) { OnClosed(); }}) {}

void Predecessor::OnMessage(const proto::Handover& message) {
    if (message.kind == "recording") {
        recording_ = {message.stations.begin(), message.stations.end()};
    } else if (message.kind == "granted" && stage_ == Stage::kWorking) {
        stage_ = Stage::kGranted;
        handlers_.granted();
    }
}

void Predecessor::OnClosed() {
    const Stage stage = std::exchange(stage_, Stage::kGone);
    if (stage == Stage::kTaken) {
        handlers_.ended();
    } else if (stage != Stage::kGone) {
        log::warn("restart: the older supervisor has died; this one takes over");
        handlers_.died();
    }
}

void Predecessor::SayReady(const std::vector<std::string>& successors) {
    if (!std::exchange(said_ready_, true)) link_.Send({.kind = "ready", .successors = successors});
}

void Predecessor::SayTaken() {
    if (stage_ != Stage::kGranted) return;
    stage_ = Stage::kTaken;
    link_.Send({.kind = "taken"});
}

void Predecessor::SayStop() {
    link_.Send({.kind = "stop"});
}

void Predecessor::SayFailed(const std::string& reason) {
    link_.Send({.kind = "failed", .reason = reason});
}

}  // namespace aircheck::supervisor
