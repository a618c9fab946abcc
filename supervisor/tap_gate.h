// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "common/event/zmq_socket.h"

namespace aircheck::supervisor {

/// Tells ZeroMQ which clients may connect to the encrypted tap, by their public keys: the handler
/// of its authentication protocol (ZAP, https://rfc.zeromq.org/spec/27). One a context, made before
/// what it guards is bound. Owned by the tap on tcp; lives on the loop's thread.
class TapGate {
public:
    /// `clients` in Z85.
    TapGate(boost::asio::io_context& loop, zmq::context_t& context,
            const std::vector<std::string>& clients);

    /// Names what is guarded to ZeroMQ.
    static constexpr const char* kDomain = "tap";

private:
    void Answer(const event::ZmqFrames& request);
    bool IsAllowed(const event::ZmqFrames& request) const;

    std::vector<std::string> clients_;  // as they are on the wire
    event::ZmqSocket socket_;
};

}  // namespace aircheck::supervisor
