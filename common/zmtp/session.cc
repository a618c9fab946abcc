// SPDX-License-Identifier: MIT
#include "common/zmtp/session.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

namespace aircheck::zmtp {
namespace {

constexpr std::uint64_t kLongestCommand = 4096;
constexpr std::size_t kLongestIdentity = 255;

/// Freed when it is not needed any more.
constexpr std::size_t kMuchMemory = 64 * 1024;

constexpr std::string_view kError = "\5ERROR";
constexpr std::string_view kPing = "\4PING";
constexpr std::string_view kPong = "\4PONG";
constexpr std::size_t kPingTtl = 2;
constexpr std::size_t kLongestContext = 16;

}  // namespace

Session::Session(const Role& role, const Limits& limits)
    : role_(role), limits_(limits), reply_(Greeting()) {}

void Session::Feed(std::string_view bytes) {
    if (rest_.empty()) {
        input_ = bytes;
    } else {
        rest_ += bytes;
        input_ = rest_;
    }
}

Frames Session::Next() {
    if (std::exchange(handed_out_, false)) {
        frames_.clear();
        held_.clear();
    }
    while (true) {
        const std::uint64_t skipped = std::min<std::uint64_t>(skip_, input_.size());
        input_.remove_prefix(skipped);
        skip_ -= skipped;
        if (skip_ > 0) break;
        if (stage_ == Stage::kGreeting) {
            if (!TakeGreeting()) break;
            continue;
        }
        const auto head = ParseHead(input_);
        if (!head) break;
        if (!Fits(*head)) {
            Skip(*head);
            continue;
        }
        if (input_.size() - head->size < head->body) break;
        const std::string_view body = input_.substr(head->size, head->body);
        input_.remove_prefix(head->size + head->body);
        if (head->command) {
            OnCommand(body);
            continue;
        }
        frames_.push_back(body);
        message_bytes_ += body.size();
        if (head->more) continue;
        Complete();
        return frames_;
    }
    Hold();
    return {};
}

std::string Session::TakeReply() {
    return std::exchange(reply_, {});
}

bool Session::TakeGreeting() {
    CheckGreeting(input_.substr(0, kGreetingSize));
    if (input_.size() < kGreetingSize) return false;
    input_.remove_prefix(kGreetingSize);
    AppendCommand(reply_, Ready(role_.type, ""));
    stage_ = Stage::kReady;
    return true;
}

bool Session::Fits(const FrameHead& head) const {
    if (head.command) {
        if (head.body > kLongestCommand)
            throw ProtocolError("expected a command of at most 4096 bytes");
        return true;
    }
    if (!ready()) throw ProtocolError("expected READY before any message");
    return !oversized_ && held_.size() + frames_.size() < limits_.frames &&
           head.body <= limits_.bytes - message_bytes_;
}

/// Leaves the frame out, and with it all of its message.
void Session::Skip(const FrameHead& head) {
    input_.remove_prefix(head.size);
    skip_ = head.body;
    oversized_ = head.more;
    frames_.clear();
    held_.clear();
    message_bytes_ = 0;
    left_out_ = left_out_ || !head.more;
}

void Session::OnCommand(std::string_view body) {
    if (stage_ == Stage::kReady) return Introduce(body);
    if (body.starts_with(kError)) throw ProtocolError("the peer reports an error");
    if (!body.starts_with(kPing) || body.size() < kPing.size() + kPingTtl) return;
    const auto context = body.substr(kPing.size() + kPingTtl, kLongestContext);
    AppendCommand(reply_, std::string(kPong).append(context));
}

void Session::Introduce(std::string_view ready) {
    const Introduction peer = ParseReady(ready);
    if (std::ranges::find(role_.peers, peer.socket_type) == role_.peers.end())
        throw ProtocolError(
            fmt::format("expected a {}, got {}", role_.peers.front(), peer.socket_type));
    // Those that begin with 0 are given by the router.
    if (peer.identity.size() > kLongestIdentity || peer.identity.starts_with('\0'))
        throw ProtocolError("expected an identity of at most 255 bytes that does not begin with 0");
    identity_ = peer.identity;
    stage_ = Stage::kTraffic;
}

void Session::Complete() {
    frames_.insert(frames_.begin(), held_.begin(), held_.end());
    message_bytes_ = 0;
    handed_out_ = true;
}

/// Keeps what was fed and is still needed.
void Session::Hold() {
    held_.insert(held_.end(), frames_.begin(), frames_.end());
    frames_.clear();
    if (rest_.empty())
        rest_ = input_;
    else
        rest_.erase(0, rest_.size() - input_.size());
    if (rest_.empty() && rest_.capacity() > kMuchMemory) rest_.shrink_to_fit();
    input_ = {};
}

}  // namespace aircheck::zmtp
