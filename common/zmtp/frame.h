// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

/// ZMTP 3, what ZeroMQ sockets say to each other on the wire (https://rfc.zeromq.org/spec/23 and
/// 37), with the NULL mechanism: nobody has to prove who they are.
namespace aircheck::zmtp {

/// What a peer says is not what the protocol lets it say.
struct ProtocolError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What comes before each frame's body.
struct FrameHead {
    bool more = false;     // the message goes on with the next frame
    bool command = false;  // no part of a message
    std::uint64_t body = 0;
    std::size_t size = 0;  // of the head itself
};

/// The frames of a message.
using Frames = std::span<const std::string_view>;

/// nullopt: not whole yet. Throws ProtocolError if it is none.
std::optional<FrameHead> ParseHead(std::string_view bytes);

void AppendFrame(std::string& bytes, std::string_view body, bool more);
void AppendMessage(std::string& bytes, Frames frames);
void AppendCommand(std::string& bytes, std::string_view body);

/// What either side begins with.
constexpr std::size_t kGreetingSize = 64;
std::string Greeting();

/// Throws ProtocolError if that is not how a peer begins that we understand. It may be cut
/// short: as far as it goes.
void CheckGreeting(std::string_view greeting);

/// The body of the command that follows.
std::string Ready(std::string_view socket_type, std::string_view identity);

/// What a READY says of its sender.
struct Introduction {
    std::string_view socket_type;
    std::string_view identity;  // may be empty
};

/// Throws ProtocolError if the command is no READY.
Introduction ParseReady(std::string_view body);

}  // namespace aircheck::zmtp
