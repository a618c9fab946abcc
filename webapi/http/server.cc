// SPDX-License-Identifier: MIT
#include "webapi/http/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

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
        util::ThrowErrno("cannot examine a socket");
    }
    return address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4();
}

void SetNonBlocking(int socket) {
    const int flags = ::fcntl(socket, F_GETFL);
    if (flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0 ||
        ::fcntl(socket, F_SETFD, FD_CLOEXEC) < 0) {
        util::ThrowErrno("cannot set up a socket");
    }
}

void LogEnd(const std::exception_ptr& error) try {
    if (error) std::rethrow_exception(error);
} catch (const CutOff&) {
} catch (const std::exception& failure) {
    log::error("web: {}", util::DescribeException(failure));
}

}  // namespace

Server::Server(asio::io_context& loop, const time::Clock& clock, Limits limits, Dispatcher dispatch)
    : loop_(loop),
      context_{clock, limits, std::move(dispatch), {}, {}, {}, false, false},
      sweep_(loop) {
    asio::co_spawn(loop_, SweepLoop(), LogEnd);
}

Server::~Server() = default;

void Server::Listen(util::UniqueFd listener) {
    const int fd = listener.get();
    SetNonBlocking(fd);
    tcp::acceptor& acceptor = acceptors_.emplace_back(loop_);
    acceptor.assign(ProtocolOf(fd), fd);
    listener.release();
    asio::co_spawn(loop_, AcceptLoop(acceptor), LogEnd);
}

void Server::CloseListeners() {
    // Neither shut down nor just closed: the socket may be shared with a process that goes on, and
    // what is only closed here would still be watched by the loop.
    for (tcp::acceptor& acceptor : acceptors_)
        if (acceptor.is_open()) util::UniqueFd(acceptor.release()).Close();
}

void Server::Stop(std::function<void()> finished) {
    Stop(std::move(finished), context_.limits.drain);
}

void Server::Stop(std::function<void()> finished, std::chrono::milliseconds drain) {
    on_stopped_ = std::move(finished);
    cut_ = context_.clock.Steady() + drain;
    StopLeaving();
    context_.draining = true;
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
            Start(connections_.emplace(connections_.end(), std::move(socket), context_));
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

void Server::Serve(Standing standing) {
    const int fd = standing.socket.get();
    SetNonBlocking(fd);
    tcp::socket socket(loop_);
    socket.assign(ProtocolOf(fd), fd);
    standing.socket.release();
    Start(
        connections_.emplace(connections_.end(), std::move(socket), std::move(standing), context_));
}

void Server::StartLeaving(LeaveHandler leave) {
    on_leave_ = std::move(leave);
    context_.leaving = true;
    for (Connection& connection : connections_) connection.Wake();
}

void Server::StopLeaving() {
    context_.leaving = false;
}

std::vector<int> Server::listening() {
    std::vector<int> sockets;
    for (tcp::acceptor& acceptor : acceptors_)
        if (acceptor.is_open()) sockets.push_back(acceptor.native_handle());
    return sockets;
}

int Server::leaving() const {
    return static_cast<int>(
        std::count_if(connections_.begin(), connections_.end(),
                      [](const Connection& connection) { return connection.MayLeave(); }));
}

int Server::listeners() const {
    return static_cast<int>(
        std::count_if(connections_.begin(), connections_.end(),
                      [](const Connection& connection) { return connection.listens(); }));
}

void Server::Start(std::list<Connection>::iterator connection) {
    asio::co_spawn(loop_, connection->Run(), [this, connection](const std::exception_ptr& error) {
        LogEnd(error);
        Finished(connection);
    });
}

void Server::Finished(std::list<Connection>::iterator connection) {
    std::optional<Standing> standing = connection->TakeStanding();
    connections_.erase(connection);
    if (standing) on_leave_(std::move(*standing));
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
