// SPDX-License-Identifier: MIT
#include "supervisor/tap_socket.h"

#include <unistd.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "proto/endpoints.h"
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

// What comes before the numbers of a message.
constexpr std::string_view kCount = ",\"n\":";
constexpr std::string_view kBy = ",\"by\":";

int QueueLength(const TapSocket::Options& options) {
    const std::size_t news = std::clamp(kQueueBytes / std::max<std::size_t>(options.largest, 1),
                                        kShortestQueue, kLongestQueue);
    return static_cast<int>(options.state + news);
}

void Configure(zmq::socket_t& socket, const TapSocket::Options& options) {
    // Each new subscriber is seen, not only the first.
    socket.set(zmq::sockopt::xpub_verbose, true);
    socket.set(zmq::sockopt::sndhwm, QueueLength(options));
    socket.set(zmq::sockopt::maxmsgsize, kMaxTapMessage);
    socket.set(zmq::sockopt::heartbeat_ivl, kTapPingMs);
    socket.set(zmq::sockopt::heartbeat_timeout, kTapGoneMs);
}

/// The same object with two fields more. The text is not parsed again, only opened at its end.
zmq::message_t Numbered(std::string_view json, std::uint64_t count, pid_t by) {
    json = json.substr(0, json.rfind('}'));
    std::array<char, 64> tail;
    char* end = kCount.copy(tail.data(), kCount.size()) + tail.data();
    end = std::to_chars(end, tail.end(), count).ptr;
    end += kBy.copy(end, kBy.size());
    end = std::to_chars(end, tail.end(), by).ptr;
    *end++ = '}';
    const auto added = static_cast<std::size_t>(end - tail.data());
    zmq::message_t message(json.size() + added);
    std::memcpy(message.data(), json.data(), json.size());
    std::memcpy(message.data<char>() + json.size(), tail.data(), added);
    return message;
}

}  // namespace

TapSocket::TapSocket(boost::asio::io_context& loop, zmq::context_t& context, const Options& options)
    : loop_(loop),
      private_endpoint_(proto::TapEndpoint(options.storage, options.generation)),
      public_endpoint_(proto::TapEndpoint(options.storage)),
      tcp_endpoint_(options.tcp),
      pid_(getpid()),
      ipc_(loop, context, zmq::socket_type::xpub) {
    Configure(ipc_.raw(), options);
    ipc_.Bind(private_endpoint_);
    private_file_.emplace(private_endpoint_);
    ipc_.OnMessage([this](const event::ZmqFrames& frames) { OnSubscription(ipc_, frames); });
    if (!tcp_endpoint_.empty()) OpenTcp(loop, context, options);
}

void TapSocket::OpenTcp(boost::asio::io_context& loop, zmq::context_t& context,
                        const Options& options) {
    tcp_.emplace(loop, context, zmq::socket_type::xpub);
    Configure(tcp_->raw(), options);
    if (!options.tcp_key.empty()) {
        const TapKey key = ReadTapKey(options.tcp_key);
        tcp_->raw().set(zmq::sockopt::curve_server, true);
        tcp_->raw().set(zmq::sockopt::curve_secretkey, key.secret_key);
        if (!key.clients.empty()) {
            gate_.emplace(loop, context, key.clients);
            tcp_->raw().set(zmq::sockopt::zap_domain, TapGate::kDomain);
        }
    }
    tcp_->OnMessage([this](const event::ZmqFrames& frames) { OnSubscription(*tcp_, frames); });
}

void TapSocket::TakePublicEndpoints() {
    if (tcp_ && bound_tcp_.empty()) bound_tcp_ = tcp_->Bind(tcp_endpoint_);
    if (public_file_) return;
    try {
        ipc_.Bind(public_endpoint_);
        public_file_.emplace(public_endpoint_);
    } catch (...) {
        ReleasePublicEndpoints();
        throw;
    }
}

void TapSocket::ReleasePublicEndpoints() noexcept {
    SendAll();
    if (!bound_tcp_.empty()) tcp_->Unbind(bound_tcp_);
    bound_tcp_.clear();
    if (!public_file_) return;
    ipc_.Unbind(public_endpoint_);
    public_file_.reset();
}

void TapSocket::Publish(std::string_view topic, std::string_view json) {
    LastValues::Value& value = last_.Of(topic);
    News& news = news_.emplace_back();
    news.topic.copy(value.topic);
    news.message = Numbered(json, ++value.count, pid_);
    if (value.kept) value.message.copy(news.message);
    if (news_.size() >= kMostAtOnce) return SendAll();
    if (news_.size() > 1) return;
    boost::asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) SendAll();
    });
}

void TapSocket::SendAll() {
    for (News& news : news_) {
        ipc_.Share(news.topic, news.message);
        if (tcp_) tcp_->Share(news.topic, news.message);
    }
    news_.clear();
}

// XPUB hands up subscriptions as one frame: 1 or 0, and the prefix.
void TapSocket::OnSubscription(event::ZmqSocket& socket, const event::ZmqFrames& frames) {
    if (frames.size() != 1 || frames[0].empty() || frames[0].front() != kSubscribe) return;
    SendAll();  // the present state is not to be followed by an older one
    last_.ForEach(std::string_view(frames[0]).substr(1), [&socket](LastValues::Value& value) {
        socket.Share(value.topic, value.message);
    });
}

}  // namespace aircheck::supervisor
