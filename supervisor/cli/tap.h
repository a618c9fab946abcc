// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/util/unique_fd.h"
#include "supervisor/tap_key.h"

namespace aircheck::cli {

/// Where a tap is, and with which keys it opens.
struct TapSource {
    std::string endpoint;
    std::string server_key;                   // the server's public key; empty: not encrypted
    std::optional<supervisor::TapKey> key{};  // our own; made up where the server needs none

    /// The one of the aircheckd that has this storage.
    static TapSource Of(const std::filesystem::path& storage);
};

/// A subscriber to an aircheckd's tap. While it lives, SIGINT and SIGTERM end waiting instead of
/// the process, so that a command can clean up behind itself. One a process, main thread.
class Tap {
public:
    struct Message {
        std::string topic;
        std::string json;
    };
    enum class Wait { kMessage, kTimeout, kResized, kInterrupted };

    Tap(const TapSource& source, const std::vector<std::string>& prefixes);

    /// Waits for a message until `deadline` at the latest, or until the terminal has another size.
    /// Throws std::runtime_error if the server does not let us in.
    Wait Next(Message& message, std::chrono::steady_clock::time_point deadline);

private:
    void UseKeys(const TapSource& source);
    void Watch();
    bool Receive(Message& message);
    void CheckHandshakes();

    util::UniqueFd signals_;
    zmq::context_t context_;
    zmq::socket_t socket_;
    zmq::socket_t events_;  // of the connection
    std::string endpoint_;
    bool let_in_ = false;
};

struct TapOptions {
    std::vector<std::string> prefixes;
    bool as_json = false;  // one object a line, with the topic in it
    bool times = false;    // in front of each line
};

/// `aircheck tap [PREFIX…]`: prints messages until interrupted. Answers the exit code.
int PrintTap(const TapSource& source, const TapOptions& options);

}  // namespace aircheck::cli
