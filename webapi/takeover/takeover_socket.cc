// SPDX-License-Identifier: MIT
#include "webapi/takeover/takeover_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;
using Result = takeover::Channel::Result;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Of those that may talk at once. There are a predecessor and a supervisor.
constexpr int kMaxPeers = 16;

/// How long nobody is accepted when there is no room for more.
constexpr std::chrono::milliseconds kAcceptPause{100};

constexpr std::chrono::minutes kComplainEvery{1};

util::UniqueFd Bind(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = path.native();
    if (name.size() >= sizeof address.sun_path)
        util::ThrowErrno(ENAMETOOLONG, "cannot listen on " + name);
    name.copy(address.sun_path, name.size());
    util::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(name.c_str());
    if (!socket ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket.get(), kMaxPeers) != 0) {
        util::ThrowErrno("cannot listen on " + name);
    }
    return socket;
}

/// 0 if there is nothing.
ino_t InodeOf(const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

void LogEnd(const std::exception_ptr& error) {
    if (error) log::error("web: taking over: {}", util::DescribeException(error));
}

}  // namespace

TakeoverSocket::TakeoverSocket(asio::io_context& loop, std::filesystem::path path, Server& server,
                               BodyParts parts, Listeners listeners)
    : loop_(loop),
      path_(std::move(path)),
      server_(server),
      parts_(parts),
      listeners_(std::move(listeners)),
      socket_(loop, Bind(path_).release()),
      inode_(InodeOf(path_)) {
    asio::co_spawn(loop_, Accept(), LogEnd);
}

TakeoverSocket::~TakeoverSocket() {
    if (inode_ != 0 && InodeOf(path_) == inode_) ::unlink(path_.c_str());
}

asio::awaitable<void> TakeoverSocket::Accept() {
    asio::steady_timer pause(loop_);
    for (;;) {
        const auto [error] = co_await socket_.async_wait(Descriptor::wait_read, kAwait);
        if (error) co_return;
        util::UniqueFd peer;
        if (peers_ < kMaxPeers) {
            peer = util::UniqueFd(
                ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        }
        if (!peer) {
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(kAwait);
            continue;
        }
        takeover::Channel channel(std::move(peer));
        if (!channel.PeerIsTrusted()) {
            Complain("it is somebody else's");
            continue;
        }
        ++peers_;
        asio::co_spawn(loop_, Talk(std::move(channel)), [this](const std::exception_ptr& end) {
            --peers_;
            LogEnd(end);
        });
    }
}

asio::awaitable<void> TakeoverSocket::Talk(takeover::Channel raw) {
    takeover::AsyncChannel channel(loop_, std::move(raw));
    for (bool going_on = true; going_on;) {
        takeover::Parcel parcel;
        const Result result = co_await channel.Receive(parcel);
        if (result == Result::kClosed) co_return;
        if (result == Result::kRefused) {
            going_on = co_await Refuse(channel, "no message");
        } else {
            going_on = co_await Answer(channel, std::move(parcel));
        }
    }
}

/// False if there is nobody to answer any more.
asio::awaitable<bool> TakeoverSocket::Answer(takeover::AsyncChannel& channel,
                                             takeover::Parcel parcel) {
    const auto decoded = DecodeHail(parcel.bytes);
    if (const auto* reason = std::get_if<std::string>(&decoded)) {
        co_return co_await Refuse(channel, *reason);
    }
    const HailText& text = std::get<HailText>(decoded);
    if (text.hail.want == "listeners") {
        const std::vector<int> listeners = listeners_();
        HailAnswer answer;
        answer.listeners = static_cast<int>(listeners.size());
        const std::string bytes = Encode(answer);
        const Result result = co_await channel.Send(bytes, listeners);
        co_return result == Result::kDone;
    }
    auto unpacked = Unpack(text, std::move(parcel.fds), parts_);
    if (const auto* reason = std::get_if<std::string>(&unpacked)) {
        co_return co_await Refuse(channel, *reason);
    }
    if (server_.stopping()) co_return co_await Refuse(channel, "stopping");
    HailAnswer answer;
    answer.taken = true;
    const std::string bytes = Encode(answer);
    const std::vector<int> none;
    const Result result = co_await channel.Send(bytes, none);
    // Without the answer the other one goes on with it: then it must not be touched here.
    if (result != Result::kDone) co_return false;
    try {
        server_.Serve(std::move(std::get<Standing>(unpacked)));
    } catch (const std::system_error& error) {
        log::error("web: a connection is lost: {}", error.what());
    }
    co_return true;
}

asio::awaitable<bool> TakeoverSocket::Refuse(takeover::AsyncChannel& channel, std::string reason) {
    Complain(reason);
    HailAnswer answer;
    answer.taken = false;
    answer.reason = std::move(reason);
    const std::string bytes = Encode(answer);
    const std::vector<int> none;
    const Result result = co_await channel.Send(bytes, none);
    co_return result == Result::kDone;
}

void TakeoverSocket::Complain(const std::string& reason) {
    ++refused_;
    const time::SteadyTime now = parts_.clock.Steady();
    if (complained_ && now - *complained_ < kComplainEvery) return;
    complained_ = now;
    log::warn("web: refused what another process said ({} times so far): {}", refused_, reason);
}

}  // namespace aircheck::webapi
