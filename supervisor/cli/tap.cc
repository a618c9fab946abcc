// SPDX-License-Identifier: MIT
#include "supervisor/cli/tap.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "common/util/error.h"
#include "proto/endpoints.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kEvents = "inproc://tap-events";
constexpr int kRefused = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

// As much as the network holds back while the reader of our output is slow.
constexpr int kQueue = 100'000;

util::UniqueFd TakeSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGWINCH}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    util::UniqueFd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) util::ThrowErrno("cannot wait for signals");
    return fd;
}

/// Which signal there was; 0: none after all.
int TakeSignal(int fd) {
    signalfd_siginfo info{};
    return read(fd, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

}  // namespace

TapSource TapSource::Of(const std::filesystem::path& storage) {
    return {.endpoint = proto::TapEndpoint(storage), .server_key = "", .key = {}};
}

Tap::Tap(const TapSource& source, const std::vector<std::string>& prefixes)
    : signals_(TakeSignals()),
      socket_(context_, zmq::socket_type::sub),
      events_(context_, zmq::socket_type::pair),
      endpoint_(source.endpoint) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, kQueue);
    for (const auto& prefix : prefixes) socket_.set(zmq::sockopt::subscribe, prefix);
    if (prefixes.empty()) socket_.set(zmq::sockopt::subscribe, "");
    if (!source.server_key.empty()) UseKeys(source);
    Watch();
    try {
        socket_.connect(source.endpoint);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error("cannot connect to " + source.endpoint + ": " + error.what());
    }
}

// A server that lets in whoever knows its key does not mind which key the client has.
void Tap::UseKeys(const TapSource& source) {
    const supervisor::TapKey own = source.key ? *source.key : supervisor::NewTapKey();
    socket_.set(zmq::sockopt::curve_serverkey, source.server_key);
    socket_.set(zmq::sockopt::curve_publickey, own.public_key);
    socket_.set(zmq::sockopt::curve_secretkey, own.secret_key);
}

void Tap::Watch() {
    zmq_socket_monitor(socket_.handle(), kEvents, kRefused | ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    events_.set(zmq::sockopt::linger, 0);
    events_.connect(kEvents);
}

Tap::Wait Tap::Next(Message& message, Clock::time_point deadline) {
    std::array<zmq::pollitem_t, 3> items{{{socket_.handle(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, signals_.get(), ZMQ_POLLIN, 0},
                                          {events_.handle(), 0, ZMQ_POLLIN, 0}}};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        zmq::poll(items.data(), items.size(), std::max(left, std::chrono::milliseconds{0}));
        if (items[1].revents & ZMQ_POLLIN) {
            const int signal = TakeSignal(signals_.get());
            if (signal == SIGWINCH) return Wait::kResized;
            if (signal != 0) return Wait::kInterrupted;
        }
        if (items[2].revents & ZMQ_POLLIN) CheckHandshakes();
        if (items[0].revents & ZMQ_POLLIN && Receive(message)) return Wait::kMessage;
        if (Clock::now() >= deadline) return Wait::kTimeout;
    }
}

// False for what is no message of ours.
bool Tap::Receive(Message& message) {
    int frames = 0;
    for (bool more = true; more; ++frames) {
        zmq::message_t frame;
        if (!socket_.recv(frame, zmq::recv_flags::dontwait)) return false;
        if (frames == 0) message.topic = frame.to_string();
        if (frames == 1) message.json = frame.to_string();
        more = frame.more();
    }
    return frames == 2;
}

// An event is two frames: its number with a value, and the endpoint. Later on, a connection may
// break at any time and comes back by itself.
void Tap::CheckHandshakes() {
    zmq::message_t frame;
    while (events_.recv(frame, zmq::recv_flags::dontwait)) {
        std::uint16_t event = 0;
        if (frame.size() >= sizeof event) std::memcpy(&event, frame.data(), sizeof event);
        if (!events_.recv(frame, zmq::recv_flags::dontwait)) return;
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) let_in_ = true;
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            throw std::runtime_error(endpoint_ + " does not let this key in");
        if (event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED && !let_in_)
            throw std::runtime_error(endpoint_ +
                                     " does not let us in: is the server's key the right one?");
    }
}

}  // namespace aircheck::cli
