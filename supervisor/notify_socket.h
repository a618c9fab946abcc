// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "common/util/unique_fd.h"

namespace aircheck::supervisor {

/// Where the service manager listens, as sd_notify(3) defines it: lines in a datagram. Lives on
/// the loop's thread.
///
/// It is a page of protocol that systemd promises to keep, and libsystemd's own sending waits for
/// a service manager that is busy, which the loop must not.
class NotifySocket {
public:
    /// `address` is that of NOTIFY_SOCKET: a path, or '@' and an abstract name. Empty: nobody
    /// wants to hear anything. One that cannot be used is logged and means the same.
    explicit NotifySocket(const std::string& address);

    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// "READY=1\nSTATUS=…". False if it was not taken; never waits.
    bool Send(std::string_view lines);

private:
    util::UniqueFd fd_;
    sockaddr_un address_{};
    socklen_t address_size_ = 0;
    bool failed_ = false;
};

}  // namespace aircheck::supervisor
