// SPDX-License-Identifier: MIT
#include "supervisor/tcp_tap.h"

#include <sched.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "supervisor/tap_key.h"

namespace aircheck::supervisor {
namespace {

// A tap may fall behind by its whole first picture and a while of news; then it loses messages.
// As many as are little memory, if all were as large as the largest.
constexpr std::size_t kQueueBytes = std::size_t{64} << 20;
constexpr std::size_t kShortestQueue = 1'000;
constexpr std::size_t kLongestQueue = 10'000;

// So many go together: few enough for any queue.
constexpr std::size_t kMostAtOnce = 128;

// From taps come subscriptions only, and those are short.
constexpr std::int64_t kMaxTapMessage = 1024;

// Ends connections of taps whose machine has vanished.
constexpr int kTapPingMs = 10'000;
constexpr int kTapGoneMs = 30'000;

constexpr char kSubscribe = 1;

/// Taps can wait until the loop has done what it is at.
zmq::context_t NewContext() {
    zmq::context_t context;
    context.set(zmq::ctxopt::thread_sched_policy, SCHED_BATCH);
    return context;
}

int QueueLength(const TcpTap::Options& options) {
    const std::size_t news = std::clamp(kQueueBytes / std::max<std::size_t>(options.largest, 1),
                                        kShortestQueue, kLongestQueue);
    return static_cast<int>(options.state + news);
}

}  // namespace

TcpTap::TcpTap(boost::asio::io_context& loop, const Options& options, OnSubscribed on_subscribed)
    : loop_(loop),
      endpoint_(options.endpoint),
      on_subscribed_(std::move(on_subscribed)),
      context_(NewContext()),
      socket_(loop, context_, zmq::socket_type::xpub) {
    zmq::socket_t& socket = socket_.raw();
    // Each new subscriber is seen, not only the first.
    socket.set(zmq::sockopt::xpub_verbose, true);
    socket.set(zmq::sockopt::sndhwm, QueueLength(options));
    socket.set(zmq::sockopt::maxmsgsize, kMaxTapMessage);
    socket.set(zmq::sockopt::heartbeat_ivl, kTapPingMs);
    socket.set(zmq::sockopt::heartbeat_timeout, kTapGoneMs);
    if (!options.key.empty()) {
        const TapKey key = ReadTapKey(options.key);
        socket.set(zmq::sockopt::curve_server, true);
        socket.set(zmq::sockopt::curve_secretkey, key.secret_key);
        if (!key.clients.empty()) {
            gate_.emplace(loop, context_, key.clients);
            socket.set(zmq::sockopt::zap_domain, TapGate::kDomain);
        }
    }
    socket_.OnMessage([this](const event::ZmqFrames& frames) { OnMessage(frames); });
}

void TcpTap::Bind() {
    if (bound_.empty()) bound_ = socket_.Bind(endpoint_);
}

void TcpTap::Unbind() noexcept {
    SendAll();
    if (!bound_.empty()) socket_.Unbind(bound_);
    bound_.clear();
}

void TcpTap::Publish(zmtp::Frames frames) {
    news_.emplace_back(frames.begin(), frames.end());
    if (news_.size() >= kMostAtOnce) return SendAll();
    if (news_.size() > 1) return;
    boost::asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) SendAll();
    });
}

void TcpTap::SendAll() {
    for (const event::ZmqFrames& frames : news_) socket_.Send(frames);
    news_.clear();
}

// XPUB hands up subscriptions as one frame: 1 or 0, and the prefix.
void TcpTap::OnMessage(const event::ZmqFrames& frames) {
    if (frames.size() != 1 || frames[0].empty() || frames[0].front() != kSubscribe) return;
    SendAll();  // the present state is not to be followed by an older one
    on_subscribed_(std::string_view(frames[0]).substr(1), [this](zmtp::Frames answer) {
        socket_.Send({answer.begin(), answer.end()});
    });
}

}  // namespace aircheck::supervisor
