// SPDX-License-Identifier: MIT
#include "common/zmtp/publisher.h"

#include <spdlog/fmt/fmt.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "common/zmtp/server.h"

namespace aircheck::zmtp {
namespace {

constexpr std::array<std::string_view, 2> kPeers{"SUB", "XSUB"};

// Subscriptions are all that comes, and those are short.
constexpr Session::Limits kLimits{.frames = 1, .bytes = 1024};
constexpr std::size_t kMostSubscriptions = 4096;

// What a subscription begins with, before the prefix.
constexpr char kSubscribe = 1;
constexpr char kCancel = 0;

using Prefixes = std::set<std::string, std::less<>>;

bool HavePrefixOf(const Prefixes& prefixes, std::string_view topic) {
    while (true) {
        auto place = prefixes.upper_bound(topic);
        if (place == prefixes.begin()) return false;
        const std::string& before = *--place;
        if (topic.starts_with(before)) return true;
        // A prefix of the topic that comes before this one is a prefix of both.
        const auto differ = std::ranges::mismatch(topic, before).in1;
        topic = topic.substr(0, static_cast<std::size_t>(differ - topic.begin()));
    }
}

}  // namespace

struct Publisher::State final : Server {
    State(boost::asio::io_context& io, std::size_t most_unsent, Events given)
        : Server(io, {.type = "XPUB", .peers = kPeers}, kLimits, most_unsent),
          events(std::move(given)) {}

    void Publish(Frames frames);
    void SendAll();

    void OnReady(Connection& peer) override { subscribers.push_back({.peer = &peer}); }
    void OnMessage(Connection& peer, Frames frames) override;
    void OnDrained(Connection& peer) override { Answer(peer); }
    void OnEnd(Connection& peer) override {
        std::erase_if(subscribers, [&](const Subscriber& one) { return one.peer == &peer; });
    }
    void OnRefused(const std::string& reason) override { events.on_refused(reason); }

    struct Subscriber {
        Connection* peer;
        Prefixes prefixes = {};
        Prefixes unanswered = {};  // asked for, but there was no room for the answer
    };
    Subscriber* Find(const Connection& peer);
    void Answer(Connection& peer);

    const Events events;
    std::vector<Subscriber> subscribers;
    std::string message;  // as it is on the wire
    bool send_posted = false;
};

Publisher::Publisher(boost::asio::io_context& loop, std::size_t most_unsent, Events events)
    : state_(std::make_shared<State>(loop, most_unsent, std::move(events))) {
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
        Connection& peer = *subscriber.peer;
        if (!Takes(peer)) SendQueued(peer);
        if (!Takes(peer) || !HavePrefixOf(subscriber.prefixes, frames.front())) continue;
        if (message.empty()) AppendMessage(message, frames);
        peer.unsent += message;
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
    const std::string prefix(subscription.substr(1));
    Subscriber& subscriber = *Find(peer);
    if (subscription.front() == kCancel) {
        subscriber.prefixes.erase(prefix);
        subscriber.unanswered.erase(prefix);
    } else if (subscription.front() == kSubscribe) {
        if (subscriber.prefixes.size() + subscriber.unanswered.size() >= kMostSubscriptions)
            throw ProtocolError(
                fmt::format("expected at most {} subscriptions", kMostSubscriptions));
        subscriber.unanswered.insert(prefix);
        Answer(peer);
    }
}

Publisher::State::Subscriber* Publisher::State::Find(const Connection& peer) {
    const auto place = std::ranges::find(subscribers, &peer, &Subscriber::peer);
    return place == subscribers.end() ? nullptr : &*place;
}

void Publisher::State::Answer(Connection& peer) {
    // Who is called may end any connection.
    for (Subscriber* subscriber = Find(peer);
         subscriber != nullptr && !subscriber->unanswered.empty() && Takes(peer);
         subscriber = Find(peer)) {
        const std::string prefix = *subscriber->unanswered.begin();
        subscriber->prefixes.insert(subscriber->unanswered.extract(prefix));
        events.on_subscribed(prefix,
                             [&peer](Frames answer) { AppendMessage(peer.unsent, answer); });
    }
    SendQueued(peer);
}

}  // namespace aircheck::zmtp
