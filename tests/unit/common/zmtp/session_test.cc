// SPDX-License-Identifier: MIT
#include "common/zmtp/session.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace aircheck::zmtp {
namespace {

using Messages = std::vector<std::vector<std::string>>;

constexpr std::array<std::string_view, 3> kPeers{"DEALER", "REQ", "ROUTER"};
constexpr Role kRouter{.type = "ROUTER", .peers = kPeers};
constexpr Session::Limits kLimits{.frames = 3, .bytes = 1000};

std::string Command(std::string_view body) {
    std::string bytes;
    AppendCommand(bytes, body);
    return bytes;
}

std::string Message(const std::vector<std::string>& frames) {
    std::string bytes;
    for (std::size_t i = 0; i < frames.size(); ++i)
        AppendFrame(bytes, frames[i], i + 1 < frames.size());
    return bytes;
}

std::string Begin(std::string_view type = "DEALER", std::string_view identity = "me") {
    return Greeting() + Command(Ready(type, identity));
}

/// What comes of bytes that arrive in pieces of one size.
Messages Take(Session& session, std::string bytes, std::size_t piece) {
    Messages messages;
    while (!bytes.empty()) {
        // A copy of its own, so that reading beyond it is seen.
        const std::string part = bytes.substr(0, piece);
        bytes.erase(0, part.size());
        session.Feed(part);
        for (Frames frames = session.Next(); !frames.empty(); frames = session.Next())
            messages.emplace_back(frames.begin(), frames.end());
    }
    return messages;
}

/// Why the bytes are refused; empty: they are not.
std::string Refusal(const std::string& bytes) {
    std::string told;
    for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
        Session session(kRouter, kLimits);
        std::string why;
        try {
            Take(session, bytes, piece);
        } catch (const ProtocolError& error) {
            why = error.what();
        }
        if (piece == 1) told = why;
        EXPECT_EQ(why, told) << "however it arrives";
    }
    return told;
}

class InPieces : public testing::TestWithParam<std::size_t> {};

TEST_P(InPieces, MessagesArriveWhole) {
    const Messages messages{{"topic", "{}"}, {""}, {"a", "", std::string(900, 'x')}, {"last"}};
    std::string bytes = Begin();
    for (const auto& message : messages) bytes += Message(message);
    Session session(kRouter, kLimits);
    EXPECT_EQ(Take(session, bytes, GetParam()), messages);
    EXPECT_TRUE(session.ready());
    EXPECT_EQ(session.identity(), "me");
    EXPECT_EQ(session.TakeReply(), Greeting() + Command(Ready("ROUTER", "")));
    EXPECT_FALSE(session.TakeOversized());
}

TEST_P(InPieces, WhatIsTooLargeIsLeftOut) {
    const std::vector<std::vector<std::string>> oversized{
        {std::string(1001, 'x')},
        {"head", std::string(997, 'x')},
        {"head", std::string(997, 'x'), "tail"},
        {"1", "2", "3", "4"},
        {"1", "2", "3", "4", "5"},
        {std::string(100'000, 'x'), std::string(100'000, 'y')},
    };
    for (const auto& message : oversized) {
        Session session(kRouter, kLimits);
        const std::string bytes =
            Begin() + Message({"before"}) + Message(message) + Message({"after", "it"});
        EXPECT_EQ(Take(session, bytes, GetParam()), (Messages{{"before"}, {"after", "it"}}));
        EXPECT_TRUE(session.TakeOversized());
        EXPECT_FALSE(session.TakeOversized());
    }
}

TEST_P(InPieces, PingsAreAnsweredBetweenFramesToo) {
    const std::string ping = Command("\4PING" + std::string(2, '\0') + "context");
    const std::string message = Message({"topic", "{}"});
    const std::size_t first = Message({"topic"}).size();
    Session session(kRouter, kLimits);
    EXPECT_EQ(Take(session,
                   Begin() + ping + message.substr(0, first) + ping + message.substr(first) + ping,
                   GetParam()),
              (Messages{{"topic", "{}"}}));
    const std::string pong = Command("\4PONGcontext");
    EXPECT_TRUE(session.TakeReply().ends_with(pong + pong + pong));
    EXPECT_TRUE(
        Take(session, Command("\4PING") + Command("\4PONGx") + Command("\11SUBSCRIBEx"), GetParam())
            .empty());
    EXPECT_EQ(session.TakeReply(), "");
}

INSTANTIATE_TEST_SUITE_P(Session, InPieces, testing::Values(1, 2, 7, 64, 100, 1 << 20));

TEST(Session, TakesWhoMayTalkToARouter) {
    for (const auto* type : {"DEALER", "REQ", "ROUTER"}) EXPECT_EQ(Refusal(Begin(type)), "");
    EXPECT_EQ(Refusal(Begin("SUB")), "expected a DEALER, got SUB");
    EXPECT_EQ(Refusal(Greeting() + Command("\5READY")), "expected a DEALER, got ");
    EXPECT_EQ(Refusal(Begin("DEALER", "")), "");
    EXPECT_EQ(Refusal(Begin("DEALER", std::string(255, 'x'))), "");
    const std::string identity =
        "expected an identity of at most 255 bytes that does not begin with 0";
    EXPECT_EQ(Refusal(Begin("DEALER", std::string(256, 'x'))), identity);
    EXPECT_EQ(Refusal(Begin("DEALER", std::string("\0x", 2))), identity);
}

TEST(Session, NamesOfPropertiesMayBeInCapitals) {
    std::string body("\5READY");
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"SOCKET-TYPE", "REQ"}, {"iDENTITY", "x"}, {"Y", "z"}})
        body += static_cast<char>(name.size()) + name + std::string(3, '\0') +
                static_cast<char>(value.size()) + value;
    Session session(kRouter, kLimits);
    EXPECT_TRUE(Take(session, Greeting() + Command(body), 1).empty());
    EXPECT_EQ(session.identity(), "x");
}

TEST(Session, RefusesWhatIsNotTheProtocol) {
    EXPECT_EQ(Refusal("GET / HTTP/1.1\r\n\r\n"), "expected the greeting of ZeroMQ");
    EXPECT_EQ(Refusal(std::string("\xff\0\0\0\0\0\0\0\0\0", 10)),
              "expected the greeting of ZeroMQ");
    EXPECT_EQ(Refusal(std::string("\xff\0\0\0\0\0\0\0\1\x7f\1", 11)),
              "expected ZMTP 3, that is ZeroMQ 4.0 or later");
    std::string curve = Greeting();
    curve.replace(12, 5, "CURVE");
    EXPECT_EQ(Refusal(curve), "expected the NULL mechanism");
    EXPECT_EQ(Refusal(Greeting() + Message({"x"})), "expected READY before any message");
    EXPECT_EQ(Refusal(Greeting() + Command("\5ERROR\0")), "expected READY");
    EXPECT_EQ(Refusal(Begin() + Command("\5ERROR\0")), "the peer reports an error");
    EXPECT_EQ(Refusal(Begin() + "\x08"), "expected a frame's flags");
    EXPECT_EQ(Refusal(Begin() + "\x05"), "expected a frame's flags");
    EXPECT_EQ(Refusal(Begin() + Command(std::string(4097, 'x'))),
              "expected a command of at most 4096 bytes");
}

TEST(Session, RefusesAReadyThatIsCut) {
    const std::string first = "\5READY";
    const std::string ready = Ready("DEALER", "identity");
    const std::size_t second = first.size() + std::string("_Socket-Type____DEALER").size();
    for (std::size_t size = first.size() + 1; size < ready.size(); ++size)
        EXPECT_EQ(Refusal(Greeting() + Command(ready.substr(0, size))),
                  size == second ? "" : "expected READY's properties, found their end");
    std::string endless("\5READY");
    endless += "\1x" + std::string(4, '\xff');
    EXPECT_EQ(Refusal(Greeting() + Command(endless)),
              "expected READY's properties, found their end");
}

}  // namespace
}  // namespace aircheck::zmtp
