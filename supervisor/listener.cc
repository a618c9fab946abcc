// SPDX-License-Identifier: MIT
#include "supervisor/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::supervisor {
namespace {

constexpr int kBacklog = 511;

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses Resolve(const config::Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    const std::string port = std::to_string(endpoint.port);
    const int error = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &list);
    if (error != 0) {
        throw std::runtime_error(
            fmt::format("cannot listen on {}:{}: {}", endpoint.host, port,
                        error == EAI_SYSTEM ? util::ErrnoText(errno) : gai_strerror(error)));
    }
    return Addresses(list);
}

std::string AddressText(const sockaddr* address, socklen_t size) {
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    const int flags = NI_NUMERICHOST | NI_NUMERICSERV;
    if (getnameinfo(address, size, host, sizeof host, port, sizeof port, flags) != 0) return "?";
    if (address->sa_family == AF_INET6) return fmt::format("[{}]:{}", host, port);
    return fmt::format("{}:{}", host, port);
}

std::string BoundAddress(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    auto* address = reinterpret_cast<sockaddr*>(&bound);
    if (getsockname(fd, address, &size) != 0) return "?";
    return AddressText(address, size);
}

[[noreturn]] void Fail(const addrinfo& address, int error) {
    const char* hint =
        error == EADDRINUSE ? " (taken by another program; ss -ltnp tells which)" : "";
    util::ThrowErrno(error, fmt::format("cannot listen on {}{}",
                                        AddressText(address.ai_addr, address.ai_addrlen), hint));
}

Listener Open(const addrinfo& address, std::vector<Listener>& had) {
    const std::string wanted = AddressText(address.ai_addr, address.ai_addrlen);
    const auto found = std::ranges::find(had, wanted, &Listener::address);
    if (found != had.end() && found->fd) return std::move(*found);
    util::UniqueFd fd(
        socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (!fd) Fail(address, errno);
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.ai_family == AF_INET6) {
        setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0) Fail(address, errno);
    if (listen(fd.get(), kBacklog) != 0) Fail(address, errno);
    std::string text = BoundAddress(fd.get());
    return {std::move(fd), std::move(text)};
}

// "localhost" means ::1 as well, also on machines that do without IPv6.
bool IsMissingFamily(const std::system_error& error) {
    return error.code().value() == EAFNOSUPPORT || error.code().value() == EADDRNOTAVAIL;
}

void ListenOn(const config::Endpoint& endpoint, std::vector<Listener>& had,
              std::vector<Listener>& listeners) {
    const Addresses addresses = Resolve(endpoint);
    const std::size_t before = listeners.size();
    std::exception_ptr missing;
    for (const addrinfo* a = addresses.get(); a; a = a->ai_next) {
        try {
            listeners.push_back(Open(*a, had));
        } catch (const std::system_error& error) {
            if (!IsMissingFamily(error)) throw;
            missing = std::current_exception();
        }
    }
    if (missing && listeners.size() == before) std::rethrow_exception(missing);
}

// -1 if it is no socket.
int SocketOption(int fd, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool IsListeningTcp(int fd) {
    const int family = SocketOption(fd, SO_DOMAIN);
    return (family == AF_INET || family == AF_INET6) && SocketOption(fd, SO_ACCEPTCONN) == 1 &&
           SocketOption(fd, SO_PROTOCOL) == IPPROTO_TCP;
}

Listener AdoptOne(util::UniqueFd fd) {
    if (!IsListeningTcp(fd.get())) {
        throw std::runtime_error(fmt::format(
            "descriptor {}, which was handed over to be listened on, is no listening TCP socket; "
            "a systemd socket unit has ListenStream=ADDRESS:PORT and no Accept=yes",
            fd.get()));
    }
    const int flags = fcntl(fd.get(), F_GETFL);
    if (flags < 0 || fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        util::ThrowErrno(fmt::format("cannot set up descriptor {}", fd.get()));
    }
    std::string text = BoundAddress(fd.get());
    return {std::move(fd), std::move(text)};
}

}  // namespace

std::vector<Listener> Listen(const std::vector<config::Endpoint>& endpoints,
                             std::vector<Listener> had) {
    std::vector<Listener> listeners;
    for (const auto& endpoint : endpoints) ListenOn(endpoint, had, listeners);
    return listeners;
}

std::vector<Listener> Adopt(std::vector<util::UniqueFd> sockets) {
    std::vector<Listener> listeners;
    listeners.reserve(sockets.size());
    for (auto& socket : sockets) listeners.push_back(AdoptOne(std::move(socket)));
    return listeners;
}

}  // namespace aircheck::supervisor
