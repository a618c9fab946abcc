// SPDX-License-Identifier: MIT
#include "supervisor/service_environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

constexpr int kFirstPassed = 3;

// Fed more often than asked is fed; times without bound do not fit into clocks.
constexpr std::chrono::microseconds kLongestWatchdog = std::chrono::hours{24};

std::optional<std::string> Take(const char* name) {
    const char* value = std::getenv(name);
    if (!value) return std::nullopt;
    std::string text = value;
    unsetenv(name);
    return text;
}

// Without such a number, all of the name's family is meant for whoever reads it.
bool IsOurs(const std::optional<std::string>& pid) {
    return !pid || util::ParseInteger(*pid) == getpid();
}

std::chrono::microseconds TakeWatchdog() {
    const auto pid = Take("WATCHDOG_PID");
    const auto text = Take("WATCHDOG_USEC");
    if (!text || !IsOurs(pid)) return {};
    const auto usec = util::ParseInteger(*text);
    if (!usec || *usec <= 0) {
        log::warn("WATCHDOG_USEC={}: that is no time, so no watchdog is fed", *text);
        return {};
    }
    return std::min(std::chrono::microseconds(*usec), kLongestWatchdog);
}

std::vector<util::UniqueFd> TakeSockets() {
    const auto pid = Take("LISTEN_PID");
    const auto text = Take("LISTEN_FDS");
    Take("LISTEN_FDNAMES");
    if (!text || !pid || !IsOurs(pid)) return {};
    const auto count = util::ParseInteger(*text);
    if (!count || *count < 0) {
        throw std::runtime_error(fmt::format("LISTEN_FDS={}: that is no number of sockets", *text));
    }
    std::vector<util::UniqueFd> sockets;
    for (int fd = kFirstPassed; fd - kFirstPassed < *count; ++fd) {
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
            throw std::runtime_error(
                fmt::format("LISTEN_FDS={}, but there is no descriptor {}", *text, fd));
        }
        sockets.emplace_back(fd);
    }
    return sockets;
}

}  // namespace

ServiceEnvironment TakeServiceEnvironment() {
    ServiceEnvironment given;
    given.notify_socket = Take("NOTIFY_SOCKET").value_or("");
    given.watchdog = TakeWatchdog();
    given.sockets = TakeSockets();
    return given;
}

}  // namespace aircheck::supervisor
