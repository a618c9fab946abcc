// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/takeover/async_channel.h"
#include "webapi/http/server.h"
#include "webapi/takeover/parcel.h"

namespace aircheck::webapi {

/// Where another web worker hands its connections over to this one, and where a supervisor that
/// has lost its listening sockets gets them back. proto/README.md, "Taking over". Lives on the
/// loop's thread, and until the loop has ended.
class TakeoverSocket {
public:
    /// The listening sockets as they are now.
    using Listeners = std::function<std::vector<int>()>;

    /// In the place of whatever is at `path`. Throws std::system_error naming it.
    TakeoverSocket(boost::asio::io_context& loop, std::filesystem::path path, Server& server,
                   BodyParts parts, Listeners listeners);
    TakeoverSocket(const TakeoverSocket&) = delete;
    TakeoverSocket& operator=(const TakeoverSocket&) = delete;

    /// Removes the socket, unless another process has taken its place.
    ~TakeoverSocket();

    /// Messages that made no sense.
    std::uint64_t refused() const { return refused_; }

private:
    boost::asio::awaitable<void> Accept();
    boost::asio::awaitable<void> Talk(takeover::Channel channel);
    boost::asio::awaitable<bool> Answer(takeover::AsyncChannel& channel, takeover::Parcel parcel);
    boost::asio::awaitable<bool> Refuse(takeover::AsyncChannel& channel, std::string reason);
    void Complain(const std::string& reason);

    boost::asio::io_context& loop_;
    const std::filesystem::path path_;
    Server& server_;
    const BodyParts parts_;
    const Listeners listeners_;
    boost::asio::posix::stream_descriptor socket_;
    ino_t inode_ = 0;
    int peers_ = 0;
    std::uint64_t refused_ = 0;
    std::optional<time::SteadyTime> complained_;
};

}  // namespace aircheck::webapi
