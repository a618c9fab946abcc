// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <utility>
#include <vector>

#include "common/time/clock.h"
#include "common/util/unique_fd.h"
#include "webapi/http/connection.h"

namespace aircheck::webapi {

/// Accepts clients on listening sockets that it is given, and owns their connections. Lives on
/// the loop's thread, to be destroyed before the loop and after `Stop` has finished.
class Server {
public:
    Server(boost::asio::io_context& loop, const time::Clock& clock, Limits limits,
           Dispatcher dispatch);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// A bound and listening TCP socket, perhaps shared with other processes.
    void Listen(util::UniqueFd listener);

    /// Accepts nobody any more.
    void CloseListeners();

    /// That, and each client gets the answer that it waits for and is closed; endless answers end.
    /// What is left after `limits.drain`, or the time given, is cut.
    void Stop(std::function<void()> finished);
    void Stop(std::function<void()> finished, std::chrono::milliseconds drain);

    /// Goes on with a connection that has been elsewhere, however many there are. Throws
    /// std::system_error if it is no socket.
    void Serve(Standing standing);

    using LeaveHandler = std::function<void(Standing)>;

    /// Until `StopLeaving`, gives every connection to `leave` as soon as it can be given, those
    /// that come later as well.
    void StartLeaving(LeaveHandler leave);
    void StopLeaving();

    /// How many are still to come to the handler.
    int leaving() const;

    /// Of the sockets that it accepts on.
    std::vector<int> listening();

    /// Called on the loop for each answer from now on.
    void OnAnswer(Witness witness) { context_.witness = std::move(witness); }

    bool stopping() const { return context_.draining; }

    const ServerStats& stats() const { return context_.stats; }
    int connections() const { return static_cast<int>(connections_.size()); }
    int listeners() const;

private:
    boost::asio::awaitable<void> AcceptLoop(boost::asio::ip::tcp::acceptor& acceptor);
    boost::asio::awaitable<void> SweepLoop();
    bool AcceptAvailable(boost::asio::ip::tcp::acceptor& acceptor);
    void Start(std::list<Connection>::iterator connection);
    void Finished(std::list<Connection>::iterator connection);

    boost::asio::io_context& loop_;
    ServerContext context_;
    std::list<boost::asio::ip::tcp::acceptor> acceptors_;
    std::list<Connection> connections_;
    boost::asio::steady_timer sweep_;
    time::SteadyTime cut_ = time::SteadyTime::max();
    std::function<void()> on_stopped_;
    LeaveHandler on_leave_;
};

}  // namespace aircheck::webapi
