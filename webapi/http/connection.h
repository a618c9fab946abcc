// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/time/clock.h"
#include "webapi/http/http.h"
#include "webapi/http/request_counters.h"
#include "webapi/standing.h"

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
    std::size_t connections = 20'000;
};

struct ServerStats {
    std::uint64_t bytes_sent = 0;
    std::uint64_t hits = 0;
    RequestCounters requests;
};

/// Answers a request. Called on the loop; may take its time.
using Dispatcher = std::function<boost::asio::awaitable<Response>(Request&)>;

/// The present second as a header says it, made once a second.
class DateText {
public:
    const std::string& Get(time::SysTime now);

private:
    std::chrono::sys_seconds second_{};
    std::string text_;
};

/// Hears of each answer when it begins.
using Witness = std::function<void(const Request&, const Response&)>;

/// What the connections of one server share.
struct ServerContext {
    const time::Clock& clock;
    Limits limits;
    Dispatcher dispatch;
    Witness witness;  // or none
    ServerStats stats;
    DateText date;
    bool draining = false;  // no request after the present one
    bool leaving = false;   // they are to go to another process
    int answering = 0;      // requests that wait for the beginning of their answer
};

/// One client. Reads requests one after the other (those sent ahead wait in the buffer), answers
/// each before the next. Owned by the server; lives on the loop.
class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, ServerContext& server);

    /// One that has been elsewhere before.
    Connection(boost::asio::ip::tcp::socket socket, Standing standing, ServerContext& server);

    /// Until the client, the server or a deadline ends it, or until it may leave.
    boost::asio::awaitable<void> Run();

    /// Closes it if its deadline has passed, or if its listener has gone.
    void Sweep();

    /// Ends an endless body, and what is idle soon.
    void Drain();

    /// The server is leaving: whatever it waits for from the client, it need not.
    void Wake();

    void Abort();

    /// After Run: where it stands, if it is to go on elsewhere.
    std::optional<Standing> TakeStanding();

    /// Whether it hears the radio without an end.
    bool listens() const;

    /// Whether it will leave, once the server does and it can.
    bool MayLeave() const { return standing_.may_leave && !lingering_; }

private:
    /// The first turn of an answer, and each one after it is twice as long: others who asked at the
    /// same time are to have their beginning, too, and some only want that and leave.
    static constexpr std::uint64_t kFirstTurnBytes = 16 * 1024;

    using Deadline = std::chrono::milliseconds;

    boost::asio::awaitable<std::optional<Request>> Receive();
    boost::asio::awaitable<Response> Answer(Request& request);
    void Begin(Response response, bool head_only);
    boost::asio::awaitable<bool> Send();
    boost::asio::awaitable<bool> SendText();
    boost::asio::awaitable<bool> SendExtent();
    boost::asio::awaitable<void> Linger();
    boost::asio::awaitable<bool> ReceiveSome(time::SteadyTime deadline);
    boost::asio::awaitable<bool> WaitWritable();

    time::SteadyTime In(Deadline limit) const;

    /// At a point where it can: true if it is to leave now. Run has to end then.
    bool Leaves();

    boost::asio::awaitable<void> LetOthersOn();
    ssize_t SendSome(Extent& extent, std::uint64_t most, int flags);

    boost::asio::ip::tcp::socket socket_;
    ServerContext& server_;
    Standing standing_;    // without the socket, until it leaves
    std::string parsing_;  // of `received`, what the parser of the present request has got
    util::IpAddress peer_;
    time::SteadyTime deadline_ = time::SteadyTime::max();
    bool idle_ = false;                           // no byte of a request has come yet
    bool lingering_ = false;                      // answered, but not read to the end by the client
    bool ended_ = false;                          // the endless body is to stop
    std::uint64_t turn_bytes_ = kFirstTurnBytes;  // of the present answer's body
    bool leaves_ = false;
};

}  // namespace aircheck::webapi
