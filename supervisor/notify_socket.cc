// SPDX-License-Identifier: MIT
#include "supervisor/notify_socket.h"

#include <cerrno>
#include <cstddef>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::supervisor {

NotifySocket::NotifySocket(const std::string& address) {
    if (address.empty()) return;
    const bool is_abstract = address[0] == '@';
    // A path ends with a zero byte; an abstract name begins with one and ends where its size says.
    const std::size_t size = address.size() + (is_abstract ? 0 : 1);
    if ((!is_abstract && address[0] != '/') || size > sizeof address_.sun_path) {
        log::warn("NOTIFY_SOCKET={}: that is no address of a Unix socket", address);
        return;
    }
    address_.sun_family = AF_UNIX;
    address.copy(address_.sun_path, address.size());
    if (is_abstract) address_.sun_path[0] = '\0';
    address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    fd_ = util::UniqueFd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd_) log::warn("cannot tell the service manager anything: {}", util::ErrnoText(errno));
}

bool NotifySocket::Send(std::string_view lines) {
    if (!fd_) return false;
    // Not connected: a service manager that was started anew listens at the same address.
    const bool sent = sendto(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address_), address_size_) >= 0;
    if (!sent && !failed_) {
        log::warn("cannot tell the service manager anything for now: {}", util::ErrnoText(errno));
    }
    failed_ = !sent;
    return sent;
}

}  // namespace aircheck::supervisor
