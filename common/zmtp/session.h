// SPDX-License-Identifier: MIT
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/zmtp/frame.h"

namespace aircheck::zmtp {

/// A kind of socket, and those that may talk to it.
struct Role {
    std::string_view type;
    std::span<const std::string_view> peers;
};

/// A ROUTER's or XPUB's side of one connection, without the connection: bytes go in, messages come
/// out. Memory is that of what a message may be at most, whatever the peer sends.
class Session {
public:
    /// A larger message is left out.
    struct Limits {
        std::size_t frames;
        std::size_t bytes;  // of all its frames
    };

    /// `role` must last.
    Session(const Role& role, const Limits& limits);

    /// What the peer has sent. It must last until Next has no more.
    void Feed(std::string_view bytes);

    /// The next message of what was fed; empty if there is none. Valid until the next call. Throws
    /// ProtocolError, in words for people: the connection is of no more use then.
    Frames Next();

    /// What is to be sent to the peer now, once.
    std::string TakeReply();

    /// Whether both sides have said who they are.
    bool ready() const { return stage_ == Stage::kTraffic; }

    /// As the peer calls itself, once that is so; may be empty.
    const std::string& identity() const { return identity_; }

    /// Whether messages were too large since the last call.
    bool TakeOversized() { return std::exchange(left_out_, false); }

private:
    enum class Stage { kGreeting, kReady, kTraffic };

    bool TakeGreeting();
    bool Fits(const FrameHead& head) const;
    void Skip(const FrameHead& head);
    void OnCommand(std::string_view body);
    void Introduce(std::string_view ready);
    void Complete();
    void Hold();

    const Role& role_;
    const Limits limits_;
    Stage stage_ = Stage::kGreeting;
    bool handed_out_ = false;
    bool oversized_ = false;         // the present message
    std::uint64_t skip_ = 0;         // bytes of it that are still to come
    std::string_view input_;         // not looked at yet
    std::string rest_;               // begins with a frame that was not whole
    std::vector<std::string> held_;  // frames of a message that was not whole
    boost::container::small_vector<std::string_view, 2> frames_;  // those after them, or all
    std::size_t message_bytes_ = 0;                               // of all those
    std::string reply_;
    std::string identity_;
    bool left_out_ = false;
};

}  // namespace aircheck::zmtp
