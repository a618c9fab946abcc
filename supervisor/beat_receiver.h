// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/remote_machines.h"

namespace aircheck::supervisor {

/// Hears the heartbeats of other machines and says at times in the log how they are: once for
/// each check at most, however many there are. Owned by the supervisor; lives on the loop's thread.
class BeatReceiver {
public:
    /// Binds. Throws std::runtime_error naming the address that cannot be had.
    BeatReceiver(boost::asio::io_context& loop, const time::Clock& clock,
                 const config::MachinesConfig& config, RemoteMachines::Publish publish);
    BeatReceiver(const BeatReceiver&) = delete;
    BeatReceiver& operator=(const BeatReceiver&) = delete;

    void Start();

private:
    using Socket = boost::asio::ip::udp::socket;

    /// What happened since the last line in the log.
    struct Change {
        std::size_t count = 0;
        std::string names;  // of the first few
    };

    void Listen(const config::Endpoint& endpoint);
    void WaitFor(Socket& socket);
    void Read(Socket& socket);
    void WaitForCheck();
    void Check();
    void Note(const proto::MachineEvent& event);
    void Report();

    boost::asio::io_context& loop_;
    const config::MachinesConfig config_;
    const RemoteMachines::Publish publish_;
    RemoteMachines machines_;
    std::vector<Socket> sockets_;
    boost::asio::steady_timer timer_;
    Change heard_;
    Change silent_;
    Change returned_;
    std::uint64_t forgotten_ = 0;
    std::uint64_t dropped_ = 0;    // heartbeats for whose machine there was no room
    std::uint64_t malformed_ = 0;  // datagrams
    std::uint64_t reported_ = 0;   // of these three together
};

}  // namespace aircheck::supervisor
