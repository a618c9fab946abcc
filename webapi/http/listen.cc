// SPDX-License-Identifier: MIT
#include "webapi/http/listen.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <stdexcept>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

std::vector<util::UniqueFd> BindListeners(const config::Endpoint& endpoint) {
    const std::string text = fmt::format("{}:{}", endpoint.host, endpoint.port);
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(endpoint.host.empty() ? nullptr : endpoint.host.c_str(),
                                    std::to_string(endpoint.port).c_str(), &hints, &found);
    if (error != 0) throw std::runtime_error("cannot resolve " + text + ": " + gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);

    std::vector<util::UniqueFd> listeners;
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
        util::UniqueFd fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd) util::ThrowErrno("cannot make a socket for " + text);
        const int on = 1;
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (at->ai_family == AF_INET6) {
            ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        }
        if (::bind(fd.get(), at->ai_addr, at->ai_addrlen) != 0 ||
            ::listen(fd.get(), SOMAXCONN) != 0) {
            util::ThrowErrno("cannot listen on " + text);
        }
        listeners.push_back(std::move(fd));
    }
    return listeners;
}

}  // namespace aircheck::webapi
