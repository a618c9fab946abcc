// SPDX-License-Identifier: MIT
#include "webapi/proof.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view kRequest =
    "GET /heartbeat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
constexpr std::string_view kAnswer = "HTTP/1.1 200 ";

}  // namespace

asio::awaitable<bool> ProveThatItAnswers(asio::io_context& loop, Server& server,
                                         std::chrono::milliseconds timeout) {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        util::ThrowErrno("cannot make a pair of sockets");
    Descriptor client(loop, ends[0]);
    Standing standing;
    standing.socket = util::UniqueFd(ends[1]);
    standing.may_leave = false;
    server.Serve(std::move(standing));

    asio::steady_timer timer(loop, timeout);
    timer.async_wait([&client](const boost::system::error_code& error) {
        if (!error) client.cancel();
    });
    ::send(client.native_handle(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
    std::string answer;
    for (;;) {
        const auto [error] = co_await client.async_wait(Descriptor::wait_read, kAwait);
        if (error) co_return false;
        std::array<char, 4096> bytes;
        const ssize_t got = ::recv(client.native_handle(), bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EAGAIN) continue;
        if (got <= 0) break;
        answer.append(bytes.data(), static_cast<std::size_t>(got));
    }
    co_return answer.starts_with(kAnswer);
}

}  // namespace aircheck::webapi
