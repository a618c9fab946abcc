// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/zmtp/session.h"

namespace {

using namespace aircheck::zmtp;

constexpr std::array<std::string_view, 2> kPeers{"DEALER", "REQ"};
constexpr Role kRouter{.type = "ROUTER", .peers = kPeers};
constexpr Session::Limits kLimits{.frames = 4, .bytes = 600};

struct Heard {
    std::vector<std::vector<std::string>> messages;
    std::string identity;
    std::string replies;
    bool refused = false;

    bool operator==(const Heard&) const = default;
};

Heard Listen(std::string_view bytes, std::size_t cut) {
    Heard heard;
    Session session(kRouter, kLimits);
    try {
        while (!bytes.empty()) {
            const std::string piece(bytes.substr(0, cut));
            bytes.remove_prefix(piece.size());
            session.Feed(piece);
            for (Frames frames = session.Next(); !frames.empty(); frames = session.Next()) {
                if (!session.ready() || frames.size() > kLimits.frames) std::abort();
                std::size_t size = 0;
                for (const std::string_view frame : frames) size += frame.size();
                if (size > kLimits.bytes) std::abort();
                heard.messages.emplace_back(frames.begin(), frames.end());
            }
            heard.replies += session.TakeReply();
        }
    } catch (const ProtocolError&) {
        heard.refused = true;
        heard.replies.clear();  // more or less of them were made before
    }
    heard.identity = session.identity();
    return heard;
}

}  // namespace

// The first byte chooses the cuts, and whether the rest comes after a handshake.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    std::string bytes;
    if ((data[0] & 1) != 0) {
        bytes = Greeting();
        AppendCommand(bytes, Ready("DEALER", "me"));
    }
    bytes.append(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (Listen(bytes, 1 + data[0] / 2) != Listen(bytes, bytes.size() + 1)) std::abort();
    return 0;
}
