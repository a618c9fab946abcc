// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/util/unique_fd.h"
#include "common/zmtp/session.h"

namespace aircheck::zmtp {

/// What Router and Publisher are inside: listens on Unix sockets and speaks with whoever connects,
/// on the event loop, without a thread. One descriptor stands for all connections: the loop waits
/// for that, and they are asked for at once.
///
/// Shared with what the loop has still to call. Lives on the loop's thread, which calls the events;
/// OnEnd comes from inside of whatever ends a connection.
class Server : public std::enable_shared_from_this<Server> {
public:
    /// `most_unsent` bytes of what a peer does not take are kept for it.
    Server(boost::asio::io_context& loop, const Role& role, const Session::Limits& limits,
           std::size_t most_unsent);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    virtual ~Server() = default;

    void Start();

    /// Ends all connections; no event comes after that.
    void Close();

    /// Listens at "ipc://PATH"; a socket that lies there is removed first. Throws
    /// std::runtime_error naming the endpoint.
    void Bind(const std::string& endpoint);

    /// Listens there no more, and ends the connections that were accepted there.
    void Unbind(const std::string& endpoint) noexcept;

protected:
    struct Listener;

    struct Connection {
        Connection(util::UniqueFd socket, const Listener& accepted_by, const Role& role,
                   const Session::Limits& limits)
            : fd(std::move(socket)), listener(accepted_by), session(role, limits) {}

        util::UniqueFd fd;  // none: it has ended
        const Listener& listener;
        Session session;
        bool introduced = false;  // and OnReady was called
        std::string identity;     // as it calls itself, until OnReady knows better
        std::string unsent;       // appended to where Takes allows it
        std::size_t sent = 0;     // of those bytes
        bool writing = false;     // waits until it takes more
        bool deaf = false;        // takes nothing any more; what it has said is still to be read
        std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
        std::list<Connection>::iterator self;
    };

    /// Both sides have said who they are.
    virtual void OnReady(Connection& peer) = 0;
    /// The frames are valid during the call only. May throw ProtocolError: the connection is
    /// closed.
    virtual void OnMessage(Connection& peer, Frames frames) = 0;
    /// All of `unsent` has been sent, which could not be done at once.
    virtual void OnDrained(Connection&) {}
    /// Of one that was ready.
    virtual void OnEnd(Connection& peer) = 0;
    /// A message was left out or a connection closed, and why.
    virtual void OnRefused(const std::string& reason) = 0;

    /// False if too much waits for the peer already, or it hears nothing any more.
    bool Takes(const Connection& peer) const;

    /// As much of `unsent` as the peer takes now; the rest follows by itself. Never blocks.
    void SendQueued(Connection& peer);

    /// The connection is closed; what is known of it goes at the end of the turn.
    void End(Connection& peer);

    boost::asio::io_context& loop() const { return loop_; }

private:
    void Accept(const std::shared_ptr<Listener>& listener);
    bool AcceptAll(Listener& listener);
    void CloseSilent();

    void Wait();
    void Serve();
    std::size_t Read(Connection& peer, bool to_the_end);
    void TakeIn(Connection& peer, std::string_view bytes);
    bool TakeMessage(Connection& peer);
    void Reply(Connection& peer);
    std::size_t WriteRest(Connection& peer);
    void Watch(Connection& peer, int operation);

    boost::asio::io_context& loop_;
    const Role role_;
    const Session::Limits limits_;
    const std::size_t most_unsent_;
    boost::asio::posix::stream_descriptor poll_;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::list<Connection> peers_;
    std::list<Connection> ended_;  // may still be spoken of
    std::vector<char> buffer_;
    bool closed_ = false;
};

}  // namespace aircheck::zmtp
