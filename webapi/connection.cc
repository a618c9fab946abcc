// SPDX-License-Identifier: MIT
#include "webapi/connection.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/error.h"
#include "webapi/request_parser.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// At most this much is read ahead of the request being answered.
constexpr std::size_t kReadBytes = 16 * 1024;

/// One sendfile call, and how much a fast client gets before others have their turn.
constexpr std::uint64_t kSendBytes = 1024 * 1024;
constexpr std::uint64_t kTurnBytes = 4 * kSendBytes;

constexpr std::size_t kLingerBytes = 256 * 1024;

bool WouldBlock() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Connection::Connection(tcp::socket socket, ServerContext& server)
    : socket_(std::move(socket)), server_(server) {}

time::SteadyTime Connection::In(Deadline limit) const {
    return server_.clock.Steady() + limit;
}

void Connection::Abort() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Connection::Sweep() {
    if (server_.clock.Steady() >= deadline_) {
        Abort();
    } else if (streaming_ && socket_.is_open()) {
        // A listener that leaves while there is nothing to send would not be noticed otherwise.
        pollfd poll{socket_.native_handle(), POLLRDHUP, 0};
        if (::poll(&poll, 1, 0) > 0) Abort();
    }
}

void Connection::Drain() {
    ended_ = true;
    if (idle_) deadline_ = std::min(deadline_, In(server_.limits.drain_idle));
}

asio::awaitable<void> Connection::Run() {
    while (!closing_) {
        std::optional<Request> request = co_await Receive();
        if (!request) break;
        Response response = co_await Answer(*request);
        ++server_.stats.hits;
        const bool endless = response.body != nullptr && !response.length;
        closing_ = closing_ || endless || !request->keep_alive || server_.draining;
        log::debug("{} {} {}", response.status, request->method, request->target);
        const bool head_only = request->method == "HEAD";
        const bool sent = co_await Send(response, head_only, !closing_);
        if (!sent) co_return Abort();
    }
    co_await Linger();
    Abort();
}

asio::awaitable<std::optional<Request>> Connection::Receive() {
    RequestParser parser;
    bool begun = false;
    // A new connection has something to say; only one that did before may stay idle for long.
    idle_ = true;
    time::SteadyTime deadline = In(fresh_ ? server_.limits.header : server_.limits.idle);
    fresh_ = false;
    if (server_.draining) deadline = std::min(deadline, In(server_.limits.drain_idle));
    for (;;) {
        if (!buffer_.empty() && !begun) {
            begun = true;
            idle_ = false;
            deadline = In(server_.limits.header);
        }
        std::size_t consumed = 0;
        const RequestParser::State state = parser.Put(buffer_, consumed);
        buffer_.erase(0, consumed);
        if (state == RequestParser::State::kDone) co_return parser.Take();
        if (state == RequestParser::State::kFailed) {
            closing_ = true;
            Response failure = parser.Failure();
            co_await Send(failure, false, false);
            co_return std::nullopt;
        }
        if (parser.HeaderDone()) {
            Request request = parser.Take();
            if (request.expects_continue) {
                closing_ = true;  // answered without its body, which no path here needs
                co_return request;
            }
        }
        const bool readable = co_await WaitReadable(deadline);
        if (!readable || !ReadAvailable()) {
            closing_ = true;
            co_return std::nullopt;
        }
    }
}

asio::awaitable<Response> Connection::Answer(Request& request) {
    try {
        co_return co_await server_.dispatch(request);
    } catch (const std::exception& error) {
        log::error("{} {}: {}", request.method, request.target, util::DescribeException(error));
    }
    co_return ErrorResponse(500, "Something went wrong here.", "The log of the web API says what.");
}

asio::awaitable<bool> Connection::Send(Response& response, bool head_only, bool keep_alive) {
    const time::SysTime now = server_.clock.Now();
    std::string head = FormatHead(response, keep_alive, time::FormatHttpDate(now));
    const bool has_body = !head_only && response.status != 304;
    if (has_body && !response.body) head += response.text;
    const bool more = has_body && response.body;
    bool sent = co_await SendBytes(head, more ? MSG_MORE : 0);
    if (sent && more) {
        streaming_ = !response.length;
        sent = co_await SendBody(*response.body);
        streaming_ = false;
    }
    co_return sent;
}

asio::awaitable<bool> Connection::SendBytes(std::string_view bytes, int flags) {
    while (!bytes.empty()) {
        const ssize_t sent =
            ::send(socket_.native_handle(), bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
        if (sent > 0) {
            server_.stats.bytes_sent += static_cast<std::uint64_t>(sent);
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent == 0 || !WouldBlock()) co_return false;
        const bool writable = co_await WaitWritable();
        if (!writable) co_return false;
    }
    co_return true;
}

asio::awaitable<bool> Connection::SendBody(Body& body) {
    for (;;) {
        const std::optional<Extent> extent = co_await body.Next();
        if (!extent || (streaming_ && ended_)) co_return true;
        if (!socket_.is_open()) co_return false;
        if (extent->size == 0) continue;
        const bool sent = co_await SendExtent(*extent);
        if (!sent) co_return false;
    }
}

asio::awaitable<bool> Connection::SendExtent(Extent extent) {
    if (extent.memory != nullptr) {
        const std::string_view bytes(extent.memory, extent.size);
        co_return co_await SendBytes(bytes, 0);
    }
    auto offset = static_cast<off_t>(extent.offset);
    std::uint64_t turn = 0;
    while (extent.size > 0) {
        const auto wanted = static_cast<std::size_t>(std::min(extent.size, kSendBytes));
        const ssize_t sent = ::sendfile(socket_.native_handle(), extent.fd, &offset, wanted);
        if (sent > 0) {
            const auto bytes = static_cast<std::uint64_t>(sent);
            extent.size -= bytes;
            turn += bytes;
            server_.stats.bytes_sent += bytes;
            if (turn < kTurnBytes) continue;
            turn = 0;
            co_await asio::post(asio::use_awaitable);
            continue;
        }
        if (sent == 0 || !WouldBlock()) co_return false;  // 0: the file was cut
        const bool writable = co_await WaitWritable();
        if (!writable) co_return false;
    }
    co_return true;
}

asio::awaitable<void> Connection::Linger() {
    // Closing with something unread resets the connection, and the answer may be lost with it.
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    const time::SteadyTime deadline = In(server_.limits.linger);
    std::size_t drained = 0;
    while (socket_.is_open() && drained < kLingerBytes) {
        buffer_.clear();
        const bool readable = co_await WaitReadable(deadline);
        if (!readable || !ReadAvailable()) break;
        drained += buffer_.size();
    }
}

asio::awaitable<bool> Connection::WaitReadable(time::SteadyTime deadline) {
    deadline_ = deadline;
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kAwait);
    deadline_ = time::SteadyTime::max();
    co_return !error;
}

asio::awaitable<bool> Connection::WaitWritable() {
    deadline_ = In(server_.limits.write);
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_write, kAwait);
    deadline_ = time::SteadyTime::max();
    co_return !error;
}

bool Connection::ReadAvailable() {
    std::array<char, kReadBytes> bytes;
    const ssize_t got = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), 0);
    if (got < 0) return WouldBlock();
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0;
}

}  // namespace aircheck::webapi
