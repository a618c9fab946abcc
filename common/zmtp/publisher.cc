// SPDX-License-Identifier: MIT
#include "common/zmtp/publisher.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "common/zmtp/server.h"

namespace aircheck::zmtp {
namespace {

constexpr std::array<std::string_view, 2> kPeers{"SUB", "XSUB"};

// Subscriptions are all that comes, and those are short and few.
constexpr Session::Limits kLimits{.frames = 1, .bytes = 1024};
constexpr std::size_t kMostSubscriptions = 1024;

// What a subscription begins with, before the prefix.
constexpr char kSubscribe = 1;
constexpr char kCancel = 0;

}  // namespace

struct Publisher::State final : Server {
    State(boost::asio::io_context& io, Events given)
        : Server(io, {.type = "XPUB", .peers = kPeers}, kLimits), events(std::move(given)) {}

    void Publish(Frames frames);
    void SendAll();

    void OnReady(Connection& peer) override { subscribers.push_back({.peer = &peer}); }
    void OnMessage(Connection& peer, Frames frames) override;
    void OnEnd(Connection& peer) override {
        std::erase_if(subscribers, [&](const Subscriber& one) { return one.peer == &peer; });
    }
    void OnRefused(const std::string& reason) override { events.on_refused(reason); }

    struct Subscriber {
        Connection* peer;
        std::vector<std::string> prefixes = {};

        bool Wants(std::string_view topic) const {
            return std::ranges::any_of(
                prefixes, [topic](const auto& prefix) { return topic.starts_with(prefix); });
        }
    };

    const Events events;
    std::vector<Subscriber> subscribers;
    std::string message;  // as it is on the wire
    bool send_posted = false;
};

Publisher::Publisher(boost::asio::io_context& loop, Events events)
    : state_(std::make_shared<State>(loop, std::move(events))) {
    state_->Start();
}

Publisher::~Publisher() {
    state_->SendAll();
    state_->Close();
}

void Publisher::Bind(const std::string& endpoint) {
    state_->Bind(endpoint);
}

void Publisher::Unbind(const std::string& endpoint) noexcept {
    state_->SendAll();
    state_->Unbind(endpoint);
}

void Publisher::Publish(Frames frames) {
    state_->Publish(frames);
}

void Publisher::State::Publish(Frames frames) {
    message.clear();
    for (const Subscriber& subscriber : subscribers) {
        if (!Takes(*subscriber.peer) || !subscriber.Wants(frames.front())) continue;
        if (message.empty()) AppendMessage(message, frames);
        Queue(*subscriber.peer, message);
    }
    if (message.empty() || std::exchange(send_posted, true)) return;
    boost::asio::post(loop(), [self = shared_from_this(), this] {
        send_posted = false;
        SendAll();
    });
}

void Publisher::State::SendAll() {
    for (const Subscriber& subscriber : subscribers) {
        if (!subscriber.peer->unsent.empty()) SendQueued(*subscriber.peer);
    }
}

void Publisher::State::OnMessage(Connection& peer, Frames frames) {
    const std::string_view subscription = frames.front();
    if (subscription.empty()) return;
    const std::string_view prefix = subscription.substr(1);
    const auto subscriber = std::ranges::find(subscribers, &peer, &Subscriber::peer);
    auto& prefixes = subscriber->prefixes;
    const auto known = std::ranges::find(prefixes, prefix);
    if (subscription.front() == kCancel) {
        if (known != prefixes.end()) prefixes.erase(known);
    } else if (subscription.front() == kSubscribe && known == prefixes.end()) {
        if (prefixes.size() >= kMostSubscriptions)
            throw ProtocolError("expected at most 1024 subscriptions");
        prefixes.emplace_back(prefix);
        if (!Takes(peer)) return;
        events.on_subscribed(prefix,
                             [&peer](Frames answer) { AppendMessage(peer.unsent, answer); });
        SendQueued(peer);
    }
}

}  // namespace aircheck::zmtp
