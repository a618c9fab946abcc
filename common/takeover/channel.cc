// SPDX-License-Identifier: MIT
#include "common/takeover/channel.h"

#include "common/util/error.h"
#include "common/util/text.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

namespace aircheck::takeover {
namespace {

using Milliseconds = std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

/// What a socket's buffer takes in any case, with room to spare.
constexpr std::size_t kMaxDatagram = 32 * 1024;

constexpr char kElsewhere = '@';

/// Before what the kernel has no room for is tried again.
constexpr Milliseconds kPause{5};

/// Room for the descriptors of one message, aligned as the kernel wants it.
constexpr std::size_t kControlBytes = CMSG_SPACE((Channel::kMaxFds + 1) * sizeof(int));
struct alignas(cmsghdr) Control {
    std::array<char, kControlBytes> bytes{};
};

util::UniqueFd MakeSocket() {
    util::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) util::ThrowErrno("cannot make a Unix socket");
    return socket;
}

/// A file in memory with these bytes; empty if there is no room.
util::UniqueFd FileOf(std::string_view bytes) {
    util::UniqueFd file(::memfd_create("takeover", MFD_CLOEXEC));
    while (file && !bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return {};
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return file;
}

/// All of a file that has just this size.
std::optional<std::string> ReadWhole(int file, std::size_t size) {
    struct stat status {};
    const bool sound = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                       status.st_size == static_cast<off_t>(size);
    if (!sound) return std::nullopt;
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < size;) {
        const ssize_t got = ::pread(file, bytes.data() + at, size - at, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

/// Takes the descriptors out of what was received, so that each is closed in any case.
std::vector<util::UniqueFd> TakeFds(msghdr& message) {
    std::vector<util::UniqueFd> fds;
    for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(at) + i * sizeof(int), sizeof fd);
            fds.emplace_back(fd);
        }
    }
    return fds;
}

Channel::Result SendDatagram(int socket, std::string_view bytes, std::span<const int> fds) {
    iovec data{const_cast<char*>(bytes.data()), bytes.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (!fds.empty()) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
    }
    if (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return Channel::Result::kDone;
    switch (errno) {
        case EAGAIN:
        case EINTR:
        case ENOBUFS:
        case ENOMEM:
        case ETOOMANYREFS:
            return Channel::Result::kWouldBlock;
        case EPIPE:
        case ECONNRESET:
        case ENOTCONN:
            return Channel::Result::kClosed;
        default:
            return Channel::Result::kRefused;
    }
}

/// Tries until it is done, or the time has passed.
template <typename Try>
Channel::Result Until(int socket, short events, Milliseconds timeout, Try attempt) {
    const auto deadline = SteadyClock::now() + timeout;
    for (bool waited = false;; waited = true) {
        const Channel::Result result = attempt();
        if (result != Channel::Result::kWouldBlock) return result;
        const auto left = std::chrono::ceil<Milliseconds>(deadline - SteadyClock::now());
        if (left <= Milliseconds{0}) return result;
        if (waited && events == POLLOUT) std::this_thread::sleep_for(std::min(left, kPause));
        pollfd poll{socket, events, 0};
        ::poll(&poll, 1, static_cast<int>(left.count()));
    }
}

}  // namespace

Channel Channel::Connect(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = path.native();
    if (name.size() >= sizeof address.sun_path)
        util::ThrowErrno(ENAMETOOLONG, "cannot connect to " + name);
    name.copy(address.sun_path, name.size());
    util::UniqueFd socket = MakeSocket();
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        util::ThrowErrno("cannot connect to " + name);
    return Channel(std::move(socket));
}

std::pair<Channel, Channel> Channel::Pair() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        util::ThrowErrno("cannot make a pair of sockets");
    return {Channel(util::UniqueFd(ends[0])), Channel(util::UniqueFd(ends[1]))};
}

bool Channel::PeerIsTrusted() const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == 0 || peer.uid == ::geteuid();
}

void Channel::StopReceiving() {
    ::shutdown(socket_.get(), SHUT_RD);
}

Channel::Result Channel::Send(std::string_view bytes, std::span<const int> fds,
                              Milliseconds timeout) {
    return Until(fd(), POLLOUT, timeout, [&] { return TrySend(bytes, fds); });
}

Channel::Result Channel::Receive(Parcel& parcel, Milliseconds timeout) {
    return Until(fd(), POLLIN, timeout, [&] { return TryReceive(parcel); });
}

Channel::Result Channel::TrySend(std::string_view bytes, std::span<const int> fds) {
    if (bytes.empty() || bytes.size() > kMaxBytes || fds.size() > kMaxFds) return Result::kRefused;
    if (bytes.size() <= kMaxDatagram && bytes.front() != kElsewhere)
        return SendDatagram(fd(), bytes, fds);
    const util::UniqueFd file = FileOf(bytes);
    if (!file) return Result::kWouldBlock;
    std::vector<int> all(fds.begin(), fds.end());
    all.push_back(file.get());
    return SendDatagram(fd(), kElsewhere + std::to_string(bytes.size()), all);
}

Channel::Result Channel::TryReceive(Parcel& parcel) {
    std::array<char, kMaxDatagram> bytes;
    Control control;
    iovec data{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t got = ::recvmsg(fd(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR ? Result::kWouldBlock : Result::kClosed;
    }
    parcel.fds = TakeFds(message);
    if (got == 0) return Result::kClosed;
    parcel.bytes.assign(bytes.data(), static_cast<std::size_t>(got));
    const bool whole = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
    const Result result = whole ? Unpack(parcel) : Result::kRefused;
    if (result == Result::kRefused) {
        parcel = {};
        ++refused_;
    }
    return result;
}

/// Fetches the bytes from where they are.
Channel::Result Channel::Unpack(Parcel& parcel) {
    if (parcel.bytes.front() != kElsewhere) return Result::kDone;
    const auto size = util::ParseInteger(std::string_view(parcel.bytes).substr(1));
    const bool sound = size && *size > 0 && *size <= static_cast<long long>(kMaxBytes);
    if (!sound || parcel.fds.empty()) return Result::kRefused;
    auto bytes = ReadWhole(parcel.fds.back().get(), static_cast<std::size_t>(*size));
    if (!bytes) return Result::kRefused;
    parcel.bytes = std::move(*bytes);
    parcel.fds.pop_back();
    return Result::kDone;
}

std::vector<int> Numbers(std::span<const util::UniqueFd> fds) {
    std::vector<int> numbers;
    for (const util::UniqueFd& fd : fds) numbers.push_back(fd.get());
    return numbers;
}

}  // namespace aircheck::takeover
