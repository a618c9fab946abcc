// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <string>
#include <vector>

#include "common/takeover/channel.h"

namespace aircheck::takeover {

/// A channel on the event loop. One send and one receive may wait at a time; it must outlive both,
/// which end soon after `Close`. Lives on the loop's thread.
class AsyncChannel {
public:
    AsyncChannel(boost::asio::io_context& loop, Channel channel);
    AsyncChannel(const AsyncChannel&) = delete;
    AsyncChannel& operator=(const AsyncChannel&) = delete;
    ~AsyncChannel();

    /// Waits until there is room. Never kWouldBlock.
    boost::asio::awaitable<Channel::Result> Send(const std::string& bytes,
                                                 const std::vector<int>& fds);

    /// Waits for a message. Never kWouldBlock.
    boost::asio::awaitable<Channel::Result> Receive(Parcel& parcel);

    /// Whoever waits, and comes later, is told kClosed.
    void Close();

    /// As of Channel.
    void StopReceiving() { channel_.StopReceiving(); }

private:
    Channel channel_;
    boost::asio::posix::stream_descriptor descriptor_;  // borrows the channel's
    boost::asio::steady_timer pause_;
    bool closed_ = false;
};

}  // namespace aircheck::takeover
