// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>

#include "common/util/unique_fd.h"

namespace aircheck::test {

/// The service manager's end of sd_notify(3).
class NotifyInbox {
public:
    /// Listens at `name`: a path, or '@' and an abstract name.
    explicit NotifyInbox(const std::string& name)
        : name_(name), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, name.size());
        if (name[0] == '@') address.sun_path[0] = '\0';
        const auto size = offsetof(sockaddr_un, sun_path) + name.size();
        if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(size)) != 0)
            throw std::runtime_error("cannot bind " + name);
    }

    const std::string& name() const { return name_; }

    /// The oldest message that has come.
    std::optional<std::string> Take() {
        char buffer[4096];
        const ssize_t size = ::recv(fd_.get(), buffer, sizeof buffer, 0);
        if (size < 0) return std::nullopt;
        return std::string(buffer, static_cast<std::size_t>(size));
    }

private:
    const std::string name_;
    util::UniqueFd fd_;
};

}  // namespace aircheck::test
