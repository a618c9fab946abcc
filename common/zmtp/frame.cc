// SPDX-License-Identifier: MIT
#include "common/zmtp/frame.h"

#include <algorithm>

namespace aircheck::zmtp {
namespace {

enum Flags : unsigned char { kMore = 1, kLong = 2, kCommand = 4 };

constexpr std::size_t kShortHead = 2;
constexpr std::size_t kLongHead = 9;
constexpr std::size_t kLongestShortBody = 255;

constexpr std::string_view kReady = "\5READY";
constexpr std::string_view kMechanism{"NULL\0", 5};

// Where the parts of a greeting are.
constexpr std::size_t kSignatureEnd = 9;
constexpr std::size_t kVersion = 10;
constexpr std::size_t kMechanismAt = 12;
constexpr unsigned char kOurVersion = 3;

std::uint64_t BigEndian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
}

void AppendBigEndian(std::string& bytes, std::uint64_t number, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
        bytes += static_cast<char>(number >> shift);
}

void Append(std::string& bytes, std::string_view body, unsigned char flags) {
    const bool is_long = body.size() > kLongestShortBody;
    bytes += static_cast<char>(flags | (is_long ? kLong : 0));
    AppendBigEndian(bytes, body.size(), is_long ? 8 : 1);
    bytes += body;
}

/// Takes a text off the front that has its length, of so many bytes, before it.
std::string_view TakeText(std::string_view& bytes, std::size_t length_bytes) {
    if (bytes.size() >= length_bytes) {
        const std::uint64_t length = BigEndian(bytes.substr(0, length_bytes));
        bytes.remove_prefix(length_bytes);
        if (length <= bytes.size()) {
            const std::string_view text = bytes.substr(0, length);
            bytes.remove_prefix(length);
            return text;
        }
    }
    throw ProtocolError("expected READY's properties, found their end");
}

/// Names of properties are the same in capitals.
bool IsName(std::string_view name, std::string_view expected) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return std::ranges::equal(name, expected, {}, lower, lower);
}

}  // namespace

std::optional<FrameHead> ParseHead(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    const auto flags = static_cast<unsigned char>(bytes.front());
    if (flags > (kMore | kLong | kCommand) || (flags & (kMore | kCommand)) == (kMore | kCommand))
        throw ProtocolError("expected a frame's flags");
    FrameHead head{.more = (flags & kMore) != 0,
                   .command = (flags & kCommand) != 0,
                   .body = 0,
                   .size = (flags & kLong) != 0 ? kLongHead : kShortHead};
    if (bytes.size() < head.size) return std::nullopt;
    head.body = BigEndian(bytes.substr(1, head.size - 1));
    return head;
}

void AppendFrame(std::string& bytes, std::string_view body, bool more) {
    Append(bytes, body, more ? kMore : 0);
}

void AppendMessage(std::string& bytes, Frames frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
        AppendFrame(bytes, frames[i], i + 1 < frames.size());
}

void AppendCommand(std::string& bytes, std::string_view body) {
    Append(bytes, body, kCommand);
}

std::string Greeting() {
    std::string greeting(kGreetingSize, '\0');
    greeting[0] = '\xff';
    greeting[kSignatureEnd] = '\x7f';
    greeting[kVersion] = static_cast<char>(kOurVersion);
    greeting.replace(kMechanismAt, kMechanism.size(), kMechanism);
    return greeting;
}

void CheckGreeting(std::string_view greeting) {
    const auto byte = [greeting](std::size_t at) {
        return static_cast<unsigned char>(greeting[at]);
    };
    if ((!greeting.empty() && byte(0) != 0xff) ||
        (greeting.size() > kSignatureEnd && (byte(kSignatureEnd) & 1) == 0))
        throw ProtocolError("expected the greeting of ZeroMQ");
    if (greeting.size() > kVersion && byte(kVersion) < kOurVersion)
        throw ProtocolError("expected ZMTP 3, that is ZeroMQ 4.0 or later");
    if (greeting.size() >= kMechanismAt + kMechanism.size() &&
        greeting.substr(kMechanismAt, kMechanism.size()) != kMechanism)
        throw ProtocolError("expected the NULL mechanism");
}

std::string Ready(std::string_view socket_type, std::string_view identity) {
    std::string body(kReady);
    const auto add = [&body](std::string_view name, std::string_view value) {
        AppendBigEndian(body, name.size(), 1);
        body += name;
        AppendBigEndian(body, value.size(), 4);
        body += value;
    };
    add("Socket-Type", socket_type);
    add("Identity", identity);
    return body;
}

Introduction ParseReady(std::string_view body) {
    if (!body.starts_with(kReady)) throw ProtocolError("expected READY");
    body.remove_prefix(kReady.size());
    Introduction introduction;
    while (!body.empty()) {
        const std::string_view name = TakeText(body, 1);
        const std::string_view value = TakeText(body, 4);
        if (IsName(name, "Socket-Type")) introduction.socket_type = value;
        if (IsName(name, "Identity")) introduction.identity = value;
    }
    return introduction;
}

}  // namespace aircheck::zmtp
