// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/util/unique_fd.h"

namespace aircheck::takeover {

/// One message: some bytes, and the open files that go with them.
struct Parcel {
    std::string bytes;
    std::vector<util::UniqueFd> fds;
};

/// One end of a Unix SOCK_SEQPACKET connection between two processes, through which messages go
/// with open files (unix(7), SCM_RIGHTS). Messages arrive whole and in order, or not at all. What
/// is no message is refused: its files are closed, it is counted, and the next one can be received.
///
/// A message is one datagram. One that is too long for that, or that begins with "@", lies in a
/// memfd(2) of its own, which goes as the last file; the datagram is "@" and its size then.
class Channel {
public:
    static constexpr std::size_t kMaxBytes = std::size_t{32} << 20;
    static constexpr std::size_t kMaxFds = 250;  // the kernel takes 253

    enum class Result {
        kDone,
        kWouldBlock,  // with a timeout: it has passed
        kClosed,      // the other end is gone
        kRefused,     // this message cannot be sent, or is none
    };

    /// A connected socket.
    explicit Channel(util::UniqueFd socket) : socket_(std::move(socket)) {}

    /// Both throw std::system_error.
    static Channel Connect(const std::filesystem::path& path);
    static std::pair<Channel, Channel> Pair();

    /// Whether the other end belongs to the same user or to root.
    bool PeerIsTrusted() const;

    /// The other end cannot send any more; what it has sent can still be received.
    void StopReceiving();

    int fd() const { return socket_.get(); }
    util::UniqueFd Release() { return std::move(socket_); }

    /// The files stay open here as well.
    Result Send(std::string_view bytes, std::span<const int> fds,
                std::chrono::milliseconds timeout);
    Result Receive(Parcel& parcel, std::chrono::milliseconds timeout);

    /// The same without waiting. kWouldBlock may also mean that too many files are on their way:
    /// then the socket counts as writable, and it is to be tried again a moment later.
    Result TrySend(std::string_view bytes, std::span<const int> fds);
    Result TryReceive(Parcel& parcel);

    /// How many messages were none.
    std::uint64_t refused() const { return refused_; }

private:
    Result Unpack(Parcel& parcel);

    util::UniqueFd socket_;
    std::uint64_t refused_ = 0;
};

/// The files' numbers, as `Send` wants them.
std::vector<int> Numbers(std::span<const util::UniqueFd> fds);

}  // namespace aircheck::takeover
