// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "common/util/unique_fd.h"
#include "supervisor/cli/instance.h"

namespace aircheck::cli {

/// A subscriber to an aircheckd's tap. While it lives, SIGINT and SIGTERM end waiting instead of
/// the process, so that a command can clean up behind itself. One a process, main thread.
class Tap {
public:
    struct Message {
        std::string topic;
        std::string json;
    };
    enum class Wait { kMessage, kTimeout, kInterrupted };

    Tap(const std::filesystem::path& storage, const std::string& prefix);

    /// Waits for a message until `deadline` at the latest.
    Wait Next(Message& message, std::chrono::steady_clock::time_point deadline);

private:
    bool Receive(Message& message);

    util::UniqueFd signals_;
    zmq::context_t context_;
    zmq::socket_t socket_;
};

/// `aircheck tap [PREFIX]`: prints messages until interrupted. Answers the exit code.
int PrintTap(const Instance& instance, const std::string& prefix);

}  // namespace aircheck::cli
