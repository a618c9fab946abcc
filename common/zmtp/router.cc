// SPDX-License-Identifier: MIT
#include "common/zmtp/router.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <list>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

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

/// Of what a peer does not take.
constexpr std::size_t kMostUnsent = 2 * Router::kMaxBytes;

constexpr std::uint32_t kHungUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kShakeHandsWithin{30};

struct Connection {
    explicit Connection(util::UniqueFd socket) : fd(std::move(socket)) {}

    util::UniqueFd fd;  // none: it has ended
    Session session{{.frames = Router::kMaxFrames, .bytes = Router::kMaxBytes}};
    std::string identity;  // empty: not known yet
    std::string unsent;
    bool writing = false;  // waits until it takes more
    bool deaf = false;     // takes nothing any more; what it has said is still to be read
    Steady::time_point since = Steady::now();
    std::list<Connection>::iterator self;
};

util::UniqueFd NewPoll() {
    util::UniqueFd poll(::epoll_create1(EPOLL_CLOEXEC));
    if (!poll) util::ThrowErrno("cannot wait for peers");
    return poll;
}

}  // namespace

/// One descriptor stands for all connections: asio waits for that, and they are asked for at once.
struct Router::State : std::enable_shared_from_this<State> {
    State(asio::io_context& io, Events given)
        : loop(io), events(std::move(given)), poll(io, NewPoll().release()) {}

    void Close() {
        closed = true;
        listeners.clear();
        while (!peers.empty()) End(peers.front());
        poll.close();
    }

    void Bind(const std::string& endpoint);
    void Accept(Local::acceptor& listener);
    bool AcceptAll(Local::acceptor& listener);
    void CloseSilent();

    void Wait();
    void Serve();
    std::size_t Read(Connection& peer, bool to_the_end);
    void TakeIn(Connection& peer, std::string_view bytes);
    Frames Next(Connection& peer);
    void Register(Connection& peer);
    bool Write(Connection& peer, std::string_view bytes);
    void WriteRest(Connection& peer);
    void Watch(Connection& peer, int operation);
    void End(Connection& peer);

    asio::io_context& loop;
    const Events events;
    asio::posix::stream_descriptor poll;
    std::list<Local::acceptor> listeners;
    std::list<Connection> peers;
    std::list<Connection> ended;  // may still be spoken of
    std::map<std::string, Connection*, std::less<>> named;
    std::vector<char> buffer = std::vector<char>(kReadSize);
    std::uint32_t last_name = 0;
    bool closed = false;
};

Router::Router(asio::io_context& loop, Events events)
    : state_(std::make_shared<State>(loop, std::move(events))) {
    state_->Wait();
}

Router::~Router() {
    state_->Close();
}

void Router::Bind(const std::string& endpoint) {
    try {
        state_->Bind(endpoint);
    } catch (const std::exception& error) {
        throw std::runtime_error("cannot bind " + endpoint + ": " + error.what());
    }
}

bool Router::Send(std::string_view identity, Frames frames) {
    const auto peer = state_->named.find(identity);
    if (peer == state_->named.end()) return false;
    std::string bytes;
    for (std::size_t i = 0; i < frames.size(); ++i)
        AppendFrame(bytes, frames[i], i + 1 < frames.size());
    return state_->Write(*peer->second, bytes);
}

void Router::State::Bind(const std::string& endpoint) {
    if (!endpoint.starts_with(kScheme)) throw std::runtime_error("expected ipc://PATH");
    const std::string path = endpoint.substr(kScheme.size());
    const Local::endpoint address(path);
    ::unlink(path.c_str());
    Local::acceptor listener(loop, Local());
    listener.bind(address);
    listener.listen();
    ::fcntl(listener.native_handle(), F_SETFD, FD_CLOEXEC);
    listener.non_blocking(true);
    Accept(listeners.emplace_back(std::move(listener)));
}

void Router::State::Accept(Local::acceptor& listener) {
    listener.async_wait(
        Local::acceptor::wait_read, [self = shared_from_this(), &listener](error_code error) {
            if (error || self->closed) return;
            if (self->AcceptAll(listener)) return self->Accept(listener);
            auto pause = std::make_shared<asio::steady_timer>(self->loop, kAcceptPause);
            pause->async_wait([self, &listener, pause](error_code) {
                if (!self->closed) self->Accept(listener);
            });
        });
}

/// False if there is no room for more now.
bool Router::State::AcceptAll(Local::acceptor& listener) {
    CloseSilent();
    for (;;) {
        util::UniqueFd socket(
            ::accept4(listener.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
            if (errno == ECONNABORTED || errno == EINTR) continue;
            log::warn("ipc: cannot accept a process: {}", util::ErrnoText(errno));
            return false;
        }
        Connection& peer = peers.emplace_back(std::move(socket));
        peer.self = std::prev(peers.end());
        Watch(peer, EPOLL_CTL_ADD);
        Write(peer, peer.session.TakeReply());
    }
}

/// Those that connected and said nothing.
void Router::State::CloseSilent() {
    const auto before = Steady::now() - kShakeHandsWithin;
    for (auto it = peers.begin(); it != peers.end();) {
        Connection& peer = *it++;
        if (!peer.session.ready() && peer.since < before) End(peer);
    }
    ended.clear();
}

void Router::State::Wait() {
    poll.async_wait(asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](error_code error) {
                        if (error || self->closed) return;
                        self->Serve();
                        if (!self->closed) self->Wait();
                    });
}

void Router::State::Serve() {
    std::array<epoll_event, kPeersAtOnce> happened;
    int count = kPeersAtOnce;
    std::size_t bytes = 0;
    while (count == kPeersAtOnce && bytes < kBytesATurn && !closed) {
        count = ::epoll_wait(poll.native_handle(), happened.data(), kPeersAtOnce, 0);
        for (int i = 0; i < count && !closed; ++i) {
            Connection& peer = *static_cast<Connection*>(happened[i].data.ptr);
            const std::uint32_t what = happened[i].events;
            if (peer.fd && (what & EPOLLOUT) != 0) WriteRest(peer);
            if (peer.fd && (what & ~EPOLLOUT) != 0) bytes += Read(peer, (what & kHungUp) != 0);
        }
    }
    ended.clear();
}

/// Answers how many bytes there were.
std::size_t Router::State::Read(Connection& peer, bool to_the_end) {
    const ssize_t size = ::recv(peer.fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
    if (size <= 0) {
        End(peer);
        return 0;
    }
    const auto bytes = static_cast<std::size_t>(size);
    TakeIn(peer, {buffer.data(), bytes});
    // Less than was asked for: there is no more, epoll(7), but perhaps the end. Else it is told of
    // once more.
    if (peer.fd && (bytes == buffer.size() || to_the_end)) Watch(peer, EPOLL_CTL_MOD);
    return bytes;
}

void Router::State::TakeIn(Connection& peer, std::string_view bytes) {
    peer.session.Feed(bytes);
    while (!closed && peer.fd) {
        const Frames frames = Next(peer);
        if (frames.empty()) break;
        events.on_message(peer.identity, frames);
    }
    const std::string reply = peer.session.TakeReply();
    if (peer.fd && !reply.empty() && !Write(peer, reply) && !peer.deaf) End(peer);
    if (peer.session.TakeOversized())
        events.on_refused(
            fmt::format("a message of more than {} bytes or {} frames", kMaxBytes, kMaxFrames));
}

Frames Router::State::Next(Connection& peer) {
    try {
        const Frames frames = peer.session.Next();
        if (peer.identity.empty() && peer.session.ready()) Register(peer);
        return frames;
    } catch (const ProtocolError& error) {
        End(peer);
        events.on_refused(std::string("a connection was closed: ") + error.what());
        return {};
    }
}

void Router::State::Register(Connection& peer) {
    peer.identity = peer.session.identity();
    if (peer.identity.empty()) {
        ++last_name;
        peer.identity.assign(1, '\0').append(std::to_string(last_name));
    }
    const auto [place, is_new] = named.try_emplace(peer.identity, &peer);
    if (is_new) return;
    Connection& older = *std::exchange(place->second, &peer);
    End(older);
}

/// False if too much waits for the peer already, or it hears nothing any more.
bool Router::State::Write(Connection& peer, std::string_view bytes) {
    if (peer.deaf || peer.unsent.size() > kMostUnsent) return false;
    const bool is_first = peer.unsent.empty();
    peer.unsent += bytes;
    if (is_first) WriteRest(peer);
    return !peer.deaf;
}

void Router::State::WriteRest(Connection& peer) {
    const ssize_t size =
        ::send(peer.fd.get(), peer.unsent.data(), peer.unsent.size(), MSG_NOSIGNAL);
    peer.deaf = size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    if (peer.deaf) peer.unsent.clear();
    if (size > 0) peer.unsent.erase(0, static_cast<std::size_t>(size));
    if (std::exchange(peer.writing, !peer.unsent.empty()) != peer.writing)
        Watch(peer, EPOLL_CTL_MOD);
}

void Router::State::Watch(Connection& peer, int operation) {
    epoll_event event{};
    event.events = EPOLLET | EPOLLIN | EPOLLRDHUP | (peer.writing ? EPOLLOUT : EPOLL_EVENTS{});
    event.data.ptr = &peer;
    ::epoll_ctl(poll.native_handle(), operation, peer.fd.get(), &event);
}

/// The connection is closed; what is known of it goes at the end of the turn.
void Router::State::End(Connection& peer) {
    if (!peer.fd) return;
    // A child that is just being started may have the descriptor, too: closing ours is not enough.
    ::epoll_ctl(poll.native_handle(), EPOLL_CTL_DEL, peer.fd.get(), nullptr);
    peer.fd.Close();
    const auto place = named.find(peer.identity);
    if (place != named.end() && place->second == &peer) named.erase(place);
    ended.splice(ended.end(), peers, peer.self);
}

}  // namespace aircheck::zmtp
