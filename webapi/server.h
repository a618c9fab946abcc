// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>

#include "common/time/clock.h"
#include "common/util/unique_fd.h"
#include "webapi/connection.h"

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

    /// Accepts nobody any more; each client gets the answer that it waits for, and then closed.
    void CloseListeners();

    /// That, and ends endless answers; what is left after `limits.drain` is cut.
    void Stop(std::function<void()> finished);

    const ServerStats& stats() const { return context_.stats; }
    int connections() const { return static_cast<int>(connections_.size()); }

private:
    boost::asio::awaitable<void> AcceptLoop(boost::asio::ip::tcp::acceptor& acceptor);
    boost::asio::awaitable<void> SweepLoop();
    bool AcceptAvailable(boost::asio::ip::tcp::acceptor& acceptor);
    void Start(boost::asio::ip::tcp::socket socket);
    void Finished(std::list<Connection>::iterator connection);

    boost::asio::io_context& loop_;
    ServerContext context_;
    std::list<boost::asio::ip::tcp::acceptor> acceptors_;
    std::list<Connection> connections_;
    boost::asio::steady_timer sweep_;
    time::SteadyTime cut_ = time::SteadyTime::max();
    std::function<void()> on_stopped_;
};

}  // namespace aircheck::webapi
