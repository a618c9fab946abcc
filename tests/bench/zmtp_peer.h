// SPDX-License-Identifier: MIT
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "common/util/error.h"
#include "common/util/unique_fd.h"
#include "common/zmtp/frame.h"

/// The other side of a ZeroMQ socket as bare bytes (ZMTP 3.0, https://rfc.zeromq.org/spec/23), so
/// that load is made and counted at next to no cost of its own.
namespace aircheck::bench {

inline void WriteAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size <= 0) util::ThrowErrno("send");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

inline std::string ReadExactly(int fd, std::size_t size) {
    std::string bytes(size, '\0');
    if (::recv(fd, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size))
        throw std::runtime_error("the other side hung up");
    return bytes;
}

/// Connects to a Unix socket and shakes hands; blocking from then on.
inline util::UniqueFd ConnectPeer(const std::string& path, std::string_view type,
                                  std::string_view identity) {
    util::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        util::ThrowErrno("connect " + path);
    WriteAll(fd.get(), zmtp::Greeting());
    ReadExactly(fd.get(), zmtp::kGreetingSize);
    std::string ready;
    zmtp::AppendCommand(ready, zmtp::Ready(type, identity));
    WriteAll(fd.get(), ready);
    const std::string head = ReadExactly(fd.get(), 2);
    ReadExactly(fd.get(), static_cast<unsigned char>(head[1]));
    return fd;
}

/// Counts messages in a stream of frames that comes in pieces.
class MessageCounter {
public:
    void Take(std::string_view bytes) {
        while (!bytes.empty()) {
            if (body_left_ > 0) {
                const auto size = std::min<std::uint64_t>(body_left_, bytes.size());
                bytes.remove_prefix(size);
                body_left_ -= size;
                continue;
            }
            head_ += bytes.front();
            bytes.remove_prefix(1);
            const auto head = zmtp::ParseHead(head_);
            if (!head) continue;
            body_left_ = head->body;
            if (!head->more && !head->command) ++messages_;
            head_.clear();
        }
    }
    std::uint64_t messages() const { return messages_; }

private:
    std::string head_;
    std::uint64_t body_left_ = 0;
    std::uint64_t messages_ = 0;
};

}  // namespace aircheck::bench
