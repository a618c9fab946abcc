// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "webapi/http.h"

namespace aircheck::webapi {

/// How long a client may take for what.
struct Limits {
    std::chrono::milliseconds header{15'000};   // a request, from its first byte
    std::chrono::milliseconds idle{60'000};     // between requests
    std::chrono::milliseconds write{30'000};    // without taking a byte
    std::chrono::milliseconds linger{2'000};    // to read our last answer
    std::chrono::milliseconds drain{5'000};     // to the end, once the server stops
    std::chrono::milliseconds drain_idle{500};  // for one more request, once the server stops
    std::chrono::milliseconds sweep{1'000};     // how often all of these are checked
    std::size_t connections = 10'000;
};

struct ServerStats {
    std::uint64_t bytes_sent = 0;
    std::uint64_t hits = 0;
};

/// Answers a request. Called on the loop; may take its time.
using Dispatcher = std::function<boost::asio::awaitable<Response>(Request&)>;

/// What the connections of one server share.
struct ServerContext {
    const time::Clock& clock;
    Limits limits;
    Dispatcher dispatch;
    ServerStats stats;
    bool draining = false;  // no request after the present one
};

/// One client. Reads requests one after the other (those sent ahead wait in the buffer), answers
/// each before the next. Owned by the server; lives on the loop.
class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, ServerContext& server);

    /// Until the client, the server or a deadline ends it.
    boost::asio::awaitable<void> Run();

    /// Closes it if its deadline has passed, or if its listener has gone.
    void Sweep();

    /// Ends an endless body, and what is idle soon.
    void Drain();

    void Abort();

private:
    using Deadline = std::chrono::milliseconds;

    boost::asio::awaitable<std::optional<Request>> Receive();
    boost::asio::awaitable<Response> Answer(Request& request);
    boost::asio::awaitable<bool> Send(Response& response, bool head_only, bool keep_alive);
    boost::asio::awaitable<bool> SendBytes(std::string_view bytes, int flags);
    boost::asio::awaitable<bool> SendBody(Body& body);
    boost::asio::awaitable<bool> SendExtent(Extent extent);
    boost::asio::awaitable<void> Linger();
    boost::asio::awaitable<bool> WaitReadable(time::SteadyTime deadline);
    boost::asio::awaitable<bool> WaitWritable();

    time::SteadyTime In(Deadline limit) const;

    /// What has arrived, appended to the buffer; false at the end of the stream or on an error.
    bool ReadAvailable();

    boost::asio::ip::tcp::socket socket_;
    ServerContext& server_;
    std::string buffer_;
    time::SteadyTime deadline_ = time::SteadyTime::max();
    bool fresh_ = true;       // nothing has been asked yet
    bool idle_ = false;       // no byte of a request has come yet
    bool streaming_ = false;  // an endless body
    bool closing_ = false;    // after this answer
    bool ended_ = false;      // the endless body is to stop
};

}  // namespace aircheck::webapi
