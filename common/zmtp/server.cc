// SPDX-License-Identifier: MIT
#include "common/zmtp/server.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/zmtp/socket_file.h"

namespace aircheck::zmtp {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Local = asio::local::stream_protocol;
using Steady = std::chrono::steady_clock;

constexpr std::string_view kScheme = "ipc://";

/// About so much at a stretch, then the loop's other handlers have their turn.
constexpr std::size_t kBytesATurn = 128 * 1024;
constexpr int kPeersAtOnce = 32;
constexpr std::size_t kReadSize = 16 * 1024;

/// Freed when it is not needed any more.
constexpr std::size_t kMuchMemory = std::size_t{1} << 20;

constexpr std::uint32_t kHungUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kShakeHandsWithin{30};

util::UniqueFd NewPoll() {
    util::UniqueFd poll(::epoll_create1(EPOLL_CLOEXEC));
    if (!poll) util::ThrowErrno("cannot wait for peers");
    return poll;
}

Local::acceptor Listen(asio::io_context& loop, const std::string& endpoint) {
    if (!endpoint.starts_with(kScheme)) throw std::runtime_error("expected ipc://PATH");
    const std::string path = endpoint.substr(kScheme.size());
    const Local::endpoint address(path);
    ::unlink(path.c_str());
    Local::acceptor acceptor(loop, Local());
    acceptor.bind(address);
    acceptor.listen();
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    acceptor.non_blocking(true);
    return acceptor;
}

}  // namespace

struct Server::Listener {
    Listener(std::string where, Local::acceptor listening)
        : endpoint(std::move(where)),
          acceptor(std::move(listening)),
          file(endpoint.substr(kScheme.size())) {}

    const std::string endpoint;
    Local::acceptor acceptor;  // not open: it is not listened to any more
    std::optional<SocketFile> file;
};

Server::Server(asio::io_context& loop, const Role& role, const Session::Limits& limits,
               std::size_t most_unsent)
    : loop_(loop),
      role_(role),
      limits_(limits),
      most_unsent_(most_unsent),
      poll_(loop, NewPoll().release()),
      buffer_(kReadSize) {}

void Server::Start() {
    Wait();
}

void Server::Close() {
    closed_ = true;
    while (!listeners_.empty()) Unbind(listeners_.back()->endpoint);
    poll_.close();
}

void Server::Bind(const std::string& endpoint) {
    try {
        listeners_.push_back(std::make_shared<Listener>(endpoint, Listen(loop_, endpoint)));
    } catch (const std::exception& error) {
        throw std::runtime_error("cannot bind " + endpoint + ": " + error.what());
    }
    Accept(listeners_.back());
}

void Server::Unbind(const std::string& endpoint) noexcept {
    const auto found = std::ranges::find(listeners_, endpoint, &Listener::endpoint);
    if (found == listeners_.end()) return;
    const std::shared_ptr<Listener> listener = *found;
    listeners_.erase(found);
    error_code ignored;
    listener->acceptor.close(ignored);
    listener->file.reset();
    for (auto it = peers_.begin(); it != peers_.end();) {
        Connection& peer = *it++;
        if (&peer.listener == listener.get()) End(peer);
    }
}

void Server::Accept(const std::shared_ptr<Listener>& listener) {
    listener->acceptor.async_wait(
        Local::acceptor::wait_read, [self = shared_from_this(), listener](error_code error) {
            if (error || !listener->acceptor.is_open()) return;
            if (self->AcceptAll(*listener)) return self->Accept(listener);
            auto pause = std::make_shared<asio::steady_timer>(self->loop_, kAcceptPause);
            pause->async_wait([self, listener, pause](error_code) {
                if (listener->acceptor.is_open()) self->Accept(listener);
            });
        });
}

/// False if there is no room for more now.
bool Server::AcceptAll(Listener& listener) {
    CloseSilent();
    for (;;) {
        util::UniqueFd socket(::accept4(listener.acceptor.native_handle(), nullptr, nullptr,
                                        SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
            if (errno == ECONNABORTED || errno == EINTR) continue;
            log::warn("ipc: cannot accept a process: {}", util::ErrnoText(errno));
            return false;
        }
        Connection& peer = peers_.emplace_back(std::move(socket), listener, role_, limits_);
        peer.self = std::prev(peers_.end());
        Watch(peer, EPOLL_CTL_ADD);
        Reply(peer);
    }
}

/// Those that connected and said nothing.
void Server::CloseSilent() {
    const auto before = Steady::now() - kShakeHandsWithin;
    for (auto it = peers_.begin(); it != peers_.end();) {
        Connection& peer = *it++;
        if (!peer.introduced && peer.since < before) End(peer);
    }
    ended_.clear();
}

void Server::Wait() {
    poll_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](error_code error) {
                         if (error || self->closed_) return;
                         self->Serve();
                         if (!self->closed_) self->Wait();
                     });
}

void Server::Serve() {
    std::array<epoll_event, kPeersAtOnce> happened;
    int count = kPeersAtOnce;
    std::size_t bytes = 0;
    while (count == kPeersAtOnce && bytes < kBytesATurn && !closed_) {
        count = ::epoll_wait(poll_.native_handle(), happened.data(), kPeersAtOnce, 0);
        for (int i = 0; i < count && !closed_; ++i) {
            Connection& peer = *static_cast<Connection*>(happened[i].data.ptr);
            const std::uint32_t what = happened[i].events;
            if (peer.fd && (what & EPOLLOUT) != 0) {
                bytes += WriteRest(peer);
                if (!peer.writing) OnDrained(peer);
            }
            if (peer.fd && (what & ~EPOLLOUT) != 0) bytes += Read(peer, (what & kHungUp) != 0);
        }
    }
    ended_.clear();
}

/// Answers how many bytes there were.
std::size_t Server::Read(Connection& peer, bool to_the_end) {
    const ssize_t size = ::recv(peer.fd.get(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    if (size <= 0) {
        End(peer);
        return 0;
    }
    const auto bytes = static_cast<std::size_t>(size);
    TakeIn(peer, {buffer_.data(), bytes});
    // Less than was asked for: there is no more, epoll(7), but perhaps the end. Else it is told of
    // once more.
    if (peer.fd && (bytes == buffer_.size() || to_the_end)) Watch(peer, EPOLL_CTL_MOD);
    return bytes;
}

void Server::TakeIn(Connection& peer, std::string_view bytes) {
    peer.session.Feed(bytes);
    while (peer.fd && TakeMessage(peer)) {
    }
    if (closed_) return;
    Reply(peer);
    if (peer.session.TakeOversized())
        OnRefused(fmt::format("a message of more than {} bytes or {} frames", limits_.bytes,
                              limits_.frames));
}

/// False if there is none.
bool Server::TakeMessage(Connection& peer) {
    try {
        const Frames frames = peer.session.Next();
        if (!peer.introduced && peer.session.ready()) {
            Reply(peer);
            peer.introduced = true;
            peer.identity = peer.session.identity();
            OnReady(peer);
        }
        if (!frames.empty()) OnMessage(peer, frames);
        return !frames.empty();
    } catch (const ProtocolError& error) {
        End(peer);
        OnRefused(std::string("a connection was closed: ") + error.what());
        return false;
    }
}

/// A peer that takes nothing can do without.
void Server::Reply(Connection& peer) {
    const std::string reply = peer.session.TakeReply();
    if (reply.empty() || !peer.fd || !Takes(peer)) return;
    peer.unsent += reply;
    SendQueued(peer);
}

bool Server::Takes(const Connection& peer) const {
    return !peer.deaf && peer.unsent.size() - peer.sent <= most_unsent_;
}

void Server::SendQueued(Connection& peer) {
    if (!peer.writing && peer.fd) WriteRest(peer);
}

/// Answers how many bytes were sent.
std::size_t Server::WriteRest(Connection& peer) {
    const std::string_view rest = std::string_view(peer.unsent).substr(peer.sent);
    const ssize_t size = ::send(peer.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        peer.deaf = true;
        ::shutdown(peer.fd.get(), SHUT_RDWR);  // so that both sides see the end
    }
    if (size > 0) peer.sent += static_cast<std::size_t>(size);
    if (peer.deaf || peer.sent == peer.unsent.size()) {
        peer.unsent.clear();
        peer.sent = 0;
        if (peer.unsent.capacity() > kMuchMemory) peer.unsent.shrink_to_fit();
    } else if (peer.sent > peer.unsent.size() / 2) {
        peer.unsent.erase(0, std::exchange(peer.sent, 0));
    }
    if (std::exchange(peer.writing, !peer.unsent.empty()) != peer.writing)
        Watch(peer, EPOLL_CTL_MOD);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void Server::Watch(Connection& peer, int operation) {
    epoll_event event{};
    event.events = EPOLLET | EPOLLIN | EPOLLRDHUP | (peer.writing ? EPOLLOUT : EPOLL_EVENTS{});
    event.data.ptr = &peer;
    ::epoll_ctl(poll_.native_handle(), operation, peer.fd.get(), &event);
}

void Server::End(Connection& peer) {
    if (!peer.fd) return;
    // A child that is just being started may have the descriptor, too: closing ours is not enough.
    ::epoll_ctl(poll_.native_handle(), EPOLL_CTL_DEL, peer.fd.get(), nullptr);
    peer.fd.Close();
    peer.unsent = {};
    peer.sent = 0;
    if (peer.introduced) OnEnd(peer);
    ended_.splice(ended_.end(), peers_, peer.self);
}

}  // namespace aircheck::zmtp
