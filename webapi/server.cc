// SPDX-License-Identifier: MIT
#include "webapi/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// How long nobody is accepted when there is no room for more.
constexpr std::chrono::milliseconds kAcceptPause{200};

/// Accepted in a row before what is connected has its turn.
constexpr int kAcceptBatch = 64;

tcp ProtocolOf(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        util::ThrowErrno("cannot examine a listening socket");
    }
    return address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4();
}

void LogEnd(const std::exception_ptr& error) {
    if (error) log::error("web: {}", util::DescribeException(error));
}

}  // namespace

Server::Server(asio::io_context& loop, const time::Clock& clock, Limits limits, Dispatcher dispatch)
    : loop_(loop), context_{clock, limits, std::move(dispatch), {}, false}, sweep_(loop) {
    asio::co_spawn(loop_, SweepLoop(), LogEnd);
}

Server::~Server() = default;

void Server::Listen(util::UniqueFd listener) {
    const int fd = listener.get();
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        ::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        util::ThrowErrno("cannot set up a listening socket");
    }
    tcp::acceptor& acceptor = acceptors_.emplace_back(loop_);
    acceptor.assign(ProtocolOf(fd), fd);
    listener.release();
    asio::co_spawn(loop_, AcceptLoop(acceptor), LogEnd);
}

void Server::CloseListeners() {
    context_.draining = true;
    boost::system::error_code ignored;
    // Not cancelled with shutdown(2): the socket may be shared with a process that goes on.
    for (tcp::acceptor& acceptor : acceptors_) acceptor.close(ignored);
}

void Server::Stop(std::function<void()> finished) {
    on_stopped_ = std::move(finished);
    cut_ = context_.clock.Steady() + context_.limits.drain;
    CloseListeners();
    for (Connection& connection : connections_) connection.Drain();
    if (connections_.empty()) asio::post(loop_, std::exchange(on_stopped_, nullptr));
}

asio::awaitable<void> Server::AcceptLoop(tcp::acceptor& acceptor) {
    asio::steady_timer pause(loop_);
    while (acceptor.is_open()) {
        const auto [error] = co_await acceptor.async_wait(tcp::acceptor::wait_read, kAwait);
        if (error || !acceptor.is_open()) co_return;
        if (AcceptAvailable(acceptor)) continue;
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(kAwait);
    }
}

/// False if there is no room for more.
bool Server::AcceptAvailable(tcp::acceptor& acceptor) {
    for (int i = 0; i < kAcceptBatch; ++i) {
        if (connections_.size() >= context_.limits.connections) return false;
        util::UniqueFd client(
            ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (client) {
            const int on = 1;
            ::setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            tcp::socket socket(loop_);
            socket.assign(acceptor.local_endpoint().protocol(), client.get());
            client.release();
            Start(std::move(socket));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log::warn("web: cannot accept a client: {}", util::ErrnoText(errno));
            return false;
        }
        // Anything else is that client's own trouble, gone with it; but never spin on it.
        if (errno != ECONNABORTED && errno != EINTR) return false;
    }
    return true;
}

void Server::Start(tcp::socket socket) {
    const auto connection = connections_.emplace(connections_.end(), std::move(socket), context_);
    asio::co_spawn(loop_, connection->Run(), [this, connection](const std::exception_ptr& error) {
        LogEnd(error);
        Finished(connection);
    });
}

void Server::Finished(std::list<Connection>::iterator connection) {
    connections_.erase(connection);
    if (on_stopped_ && connections_.empty()) std::exchange(on_stopped_, nullptr)();
}

asio::awaitable<void> Server::SweepLoop() {
    for (;;) {
        sweep_.expires_after(context_.limits.sweep);
        const auto [error] = co_await sweep_.async_wait(kAwait);
        if (error) co_return;
        const bool cut = context_.clock.Steady() >= cut_;
        for (Connection& connection : connections_) {
            cut ? connection.Abort() : connection.Sweep();
        }
    }
}

}  // namespace aircheck::webapi
