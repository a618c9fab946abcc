// SPDX-License-Identifier: MIT
#include "supervisor/cli/tap.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <utility>

#include "common/util/error.h"
#include "proto/endpoints.h"
#include "supervisor/cli/exit_codes.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

util::UniqueFd TakeSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    util::UniqueFd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) util::ThrowErrno("cannot wait for signals");
    return fd;
}

}  // namespace

Tap::Tap(const std::filesystem::path& storage, const std::string& prefix)
    : signals_(TakeSignals()), socket_(context_, zmq::socket_type::sub) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::subscribe, prefix);
    socket_.connect(proto::TapEndpoint(storage));
}

Tap::Wait Tap::Next(Message& message, Clock::time_point deadline) {
    std::array<zmq::pollitem_t, 2> items{
        {{socket_.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, signals_.get(), ZMQ_POLLIN, 0}}};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        zmq::poll(items.data(), items.size(), std::max(left, std::chrono::milliseconds{0}));
        if (items[1].revents & ZMQ_POLLIN) return Wait::kInterrupted;
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

int PrintTap(const Instance& instance, const std::string& prefix) {
    Tap tap(instance.storage, prefix);
    Tap::Message message;
    for (;;) {
        const auto wait = tap.Next(message, Clock::now() + std::chrono::hours{1});
        if (wait == Tap::Wait::kInterrupted) return kExitOk;
        if (wait == Tap::Wait::kTimeout) continue;
        if (std::printf("%s %s\n", message.topic.c_str(), message.json.c_str()) < 0 ||
            std::fflush(stdout) != 0) {
            return kExitOk;  // the reader has seen enough
        }
    }
}

}  // namespace aircheck::cli
