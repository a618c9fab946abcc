// SPDX-License-Identifier: MIT
#include "webapi/http/connection.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/error.h"
#include "webapi/http/gzip.h"
#include "webapi/http/request_parser.h"
#include "webapi/http/silent_body.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// At most this much is read ahead of the request being answered. Who waits for a request holds as
/// much; most requests are shorter.
constexpr std::size_t kReadBytes = 2048;

/// What a fast client gets before others have their turn: it takes some 0.1 ms, which is what one
/// who downloads costs another who waits for his first byte.
constexpr std::uint64_t kTurnBytes = 512 * 1024;

/// The pause between turns while somebody waits for an answer. Where there is one processor for
/// both, the thread that looks it up would have to wait until all downloads do.
constexpr std::chrono::microseconds kPolitePause{200};

constexpr std::size_t kLingerBytes = 256 * 1024;

bool WouldBlock() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

const std::string& DateText::Get(time::SysTime now) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    if (text_.empty() || second != second_) {
        second_ = second;
        text_ = time::FormatHttpDate(now);
    }
    return text_;
}

Connection::Connection(tcp::socket socket, ServerContext& server)
    : Connection(std::move(socket), Standing{}, server) {}

Connection::Connection(tcp::socket socket, Standing standing, ServerContext& server)
    : socket_(std::move(socket)),
      server_(server),
      standing_(std::move(standing)),
      peer_(util::PeerOf(socket_.native_handle())) {}

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
    } else if (standing_.outgoing.endless && socket_.is_open()) {
        // A listener that leaves while there is nothing to send would not be noticed otherwise.
        pollfd poll{socket_.native_handle(), POLLRDHUP, 0};
        if (::poll(&poll, 1, 0) > 0) Abort();
    }
}

void Connection::Drain() {
    ended_ = true;
    if (idle_) deadline_ = std::min(deadline_, In(server_.limits.drain_idle));
}

bool Connection::listens() const {
    const Outgoing& outgoing = standing_.outgoing;
    return outgoing.endless && dynamic_cast<const SilentBody*>(outgoing.body.get()) == nullptr;
}

void Connection::Wake() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

bool Connection::Leaves() {
    leaves_ = server_.leaving && standing_.may_leave && socket_.is_open();
    return leaves_;
}

std::optional<Standing> Connection::TakeStanding() {
    if (!leaves_ || !socket_.is_open()) return std::nullopt;
    // What is in memory stays behind.
    Outgoing& outgoing = standing_.outgoing;
    if (outgoing.extent.memory != nullptr) {
        outgoing.text.append(outgoing.extent.memory, outgoing.extent.size);
        outgoing.extent = {};
    }
    standing_.received.insert(0, std::exchange(parsing_, {}));
    // Not closed while the loop still watches it: another process may go on with it at once.
    standing_.socket = util::UniqueFd(socket_.release());
    return std::move(standing_);
}

asio::awaitable<void> Connection::Run() {
    bool sent = co_await Send();
    while (sent && !standing_.closing && !Leaves()) {
        std::optional<Request> request = co_await Receive();
        if (!request) break;
        const time::SteadyTime asked = server_.clock.Steady();
        ++server_.answering;
        Response response = co_await Answer(*request);
        --server_.answering;
        ++server_.stats.hits;
        server_.stats.requests.Count(request->route, response.status,
                                     server_.clock.Steady() - asked);
        const bool endless = response.body != nullptr && !response.length;
        standing_.closing =
            standing_.closing || endless || !request->keep_alive || server_.draining;
        Compress(*request, response);
        log::debug("{} {} {}", response.status, request->method, request->target);
        if (server_.witness) server_.witness(*request, response);
        Begin(std::move(response), request->method == "HEAD");
        request.reset();  // there may be thousands who are being sent something for long
        sent = co_await Send();
    }
    if (leaves_) co_return;
    if (sent) co_await Linger();
    Abort();
}

asio::awaitable<std::optional<Request>> Connection::Receive() {
    RequestParser parser;
    std::string& buffer = standing_.received;
    bool begun = false;
    // A new connection has something to say; only one that did before may stay idle for long.
    idle_ = true;
    time::SteadyTime deadline = In(standing_.fresh ? server_.limits.header : server_.limits.idle);
    if (server_.draining) deadline = std::min(deadline, In(server_.limits.drain_idle));
    for (;;) {
        if (!buffer.empty() && !begun) {
            begun = true;
            idle_ = false;
            deadline = In(server_.limits.header);
        }
        std::size_t consumed = 0;
        const RequestParser::State state = parser.Put(buffer, consumed);
        parsing_.append(buffer, 0, consumed);
        buffer.erase(0, consumed);
        if (state == RequestParser::State::kMore && Leaves()) co_return std::nullopt;
        const bool unfinished = parser.HeaderDone() && state == RequestParser::State::kMore;
        Request request;
        if (unfinished || state == RequestParser::State::kDone) request = parser.Take();
        const bool done = state == RequestParser::State::kDone || request.expects_continue;
        if (done || state == RequestParser::State::kFailed) {
            parsing_.clear();
            standing_.fresh = false;
            idle_ = false;
        }
        if (done) {
            // Who asks to continue is answered without its body, which no path here needs.
            standing_.closing = standing_.closing || unfinished;
            request.peer = peer_;
            request.from_loopback = util::IsLoopback(peer_);
            co_return request;
        }
        if (state == RequestParser::State::kFailed) {
            standing_.closing = true;
            Response failure = parser.Failure();
            server_.stats.requests.Count(-1, failure.status, {});
            if (server_.witness) server_.witness(Request{.peer = peer_}, failure);
            Begin(std::move(failure), false);
            co_await Send();
            co_return std::nullopt;
        }
        const bool received = co_await ReceiveSome(deadline);
        if (!received) {
            standing_.closing = true;
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

void Connection::Begin(Response response, bool head_only) {
    Outgoing& outgoing = standing_.outgoing;
    outgoing = {};
    turn_bytes_ = kFirstTurnBytes;
    outgoing.text = FormatHead(response, !standing_.closing, server_.date.Get(server_.clock.Now()));
    if (head_only || response.status == 304) return;
    if (!response.body) outgoing.text += response.text;
    outgoing.endless = response.body != nullptr && !response.length;
    outgoing.body = std::move(response.body);
}

/// All that is left of the present answer. False if the client has gone, or it leaves itself.
asio::awaitable<bool> Connection::Send() {
    Outgoing& outgoing = standing_.outgoing;
    for (;;) {
        bool sent = true;
        if (!outgoing.text.empty()) sent = co_await SendText();
        if (sent && outgoing.extent.size > 0) sent = co_await SendExtent();
        if (!sent) co_return false;
        if (!outgoing.body || (outgoing.endless && ended_)) break;
        if (Leaves()) co_return false;
        outgoing.file.Close();
        const std::optional<Extent> extent = co_await outgoing.body->Next();
        if (!extent) break;
        if (!socket_.is_open()) co_return false;
        outgoing.extent = *extent;
    }
    outgoing = {};
    co_return true;
}

asio::awaitable<bool> Connection::SendText() {
    Outgoing& outgoing = standing_.outgoing;
    const int flags = outgoing.body ? MSG_MORE : 0;
    while (outgoing.text_sent < outgoing.text.size()) {
        Extent rest{-1, 0, outgoing.text.size() - outgoing.text_sent,
                    outgoing.text.data() + outgoing.text_sent};
        const ssize_t sent = SendSome(rest, rest.size, flags);
        if (sent > 0) {
            outgoing.text_sent += static_cast<std::size_t>(sent);
            continue;
        }
        if (sent == 0 || !WouldBlock() || Leaves()) co_return false;
        const bool writable = co_await WaitWritable();
        if (!writable) co_return false;
    }
    outgoing.text.clear();
    outgoing.text_sent = 0;
    co_return true;
}

asio::awaitable<bool> Connection::SendExtent() {
    Extent& extent = standing_.outgoing.extent;
    std::uint64_t turn = turn_bytes_;
    while (extent.size > 0) {
        const ssize_t sent = SendSome(extent, turn, extent.more ? MSG_MORE : 0);
        if (sent > 0) {
            turn -= static_cast<std::uint64_t>(sent);
            if (turn > 0) continue;
            turn = turn_bytes_ = std::min(2 * turn_bytes_, kTurnBytes);
            if (Leaves()) co_return false;
            co_await LetOthersOn();
            continue;
        }
        if (sent == 0 || !WouldBlock() || Leaves()) co_return false;  // 0: the file was cut
        const bool writable = co_await WaitWritable();
        if (!writable) co_return false;
    }
    co_return true;
}

asio::awaitable<void> Connection::LetOthersOn() {
    if (server_.answering == 0) {
        co_await asio::post(asio::use_awaitable);
        co_return;
    }
    asio::steady_timer pause(socket_.get_executor(), kPolitePause);
    co_await pause.async_wait(kAwait);
}

/// What the client takes now of the front of the extent, at most so many bytes; as send(2).
ssize_t Connection::SendSome(Extent& extent, std::uint64_t most, int flags) {
    const auto wanted = static_cast<std::size_t>(std::min(extent.size, most));
    ssize_t sent = 0;
    if (extent.memory != nullptr) {
        sent = ::send(socket_.native_handle(), extent.memory, wanted, flags | MSG_NOSIGNAL);
        if (sent > 0) extent.memory += sent;
    } else {
        auto offset = static_cast<off_t>(extent.offset);
        sent = ::sendfile(socket_.native_handle(), extent.fd, &offset, wanted);
        if (sent > 0) extent.offset = static_cast<std::uint64_t>(offset);
    }
    if (sent <= 0) return sent;
    extent.size -= static_cast<std::uint64_t>(sent);
    server_.stats.bytes_sent += static_cast<std::uint64_t>(sent);
    return sent;
}

asio::awaitable<void> Connection::Linger() {
    // Closing with something unread resets the connection, and the answer may be lost with it.
    lingering_ = true;
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    const time::SteadyTime deadline = In(server_.limits.linger);
    std::string& buffer = standing_.received;
    std::size_t drained = 0;
    while (socket_.is_open() && drained < kLingerBytes) {
        buffer.clear();
        const bool received = co_await ReceiveSome(deadline);
        if (!received) break;
        drained += buffer.size();
    }
}

/// What arrives, appended to the buffer; it may be nothing, where the server is leaving. False at
/// the end of the stream, on an error, at the deadline, or once the socket is closed.
asio::awaitable<bool> Connection::ReceiveSome(time::SteadyTime deadline) {
    std::array<char, kReadBytes> bytes;
    deadline_ = deadline;
    const auto [error, got] = co_await socket_.async_receive(asio::buffer(bytes), kAwait);
    deadline_ = time::SteadyTime::max();
    standing_.received.append(bytes.data(), got);
    co_return socket_.is_open() && (!error || error == asio::error::operation_aborted);
}

asio::awaitable<bool> Connection::WaitWritable() {
    deadline_ = In(server_.limits.write);
    co_await socket_.async_wait(tcp::socket::wait_write, kAwait);
    deadline_ = time::SteadyTime::max();
    co_return socket_.is_open();
}

}  // namespace aircheck::webapi
