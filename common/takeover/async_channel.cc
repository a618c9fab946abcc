// SPDX-License-Identifier: MIT
#include "common/takeover/async_channel.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace aircheck::takeover {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Before what the kernel has no room for is tried again.
constexpr std::chrono::milliseconds kPause{5};

}  // namespace

AsyncChannel::AsyncChannel(asio::io_context& loop, Channel channel)
    : channel_(std::move(channel)), descriptor_(loop, channel_.fd()), pause_(loop) {}

AsyncChannel::~AsyncChannel() {
    descriptor_.release();
}

asio::awaitable<Channel::Result> AsyncChannel::Send(const std::string& bytes,
                                                    const std::vector<int>& fds) {
    bool writable = false;
    while (!closed_) {
        const Channel::Result result = channel_.TrySend(bytes, fds);
        if (result != Channel::Result::kWouldBlock) co_return result;
        if (writable) {  // and yet there was no room
            pause_.expires_after(kPause);
            co_await pause_.async_wait(kAwait);
        }
        if (closed_) break;
        co_await descriptor_.async_wait(Descriptor::wait_write, kAwait);
        writable = true;
    }
    co_return Channel::Result::kClosed;
}

asio::awaitable<Channel::Result> AsyncChannel::Receive(Parcel& parcel) {
    for (;;) {  // what has come already, even after Close
        const Channel::Result result = channel_.TryReceive(parcel);
        if (result != Channel::Result::kWouldBlock) co_return result;
        if (closed_) co_return Channel::Result::kClosed;
        co_await descriptor_.async_wait(Descriptor::wait_read, kAwait);
    }
}

void AsyncChannel::Close() {
    closed_ = true;
    descriptor_.cancel();
    pause_.cancel();
}

}  // namespace aircheck::takeover
