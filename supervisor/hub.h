// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/control_socket.h"
#include "supervisor/tap_socket.h"

namespace aircheck::supervisor {

/// Where messages meet: what the workers say, and what taps listen to.
/// Owned by the supervisor; lives on the loop's thread.
class Hub {
public:
    struct Options {
        std::filesystem::path storage;
        int generation = 1;
        std::string tap;                     // a further endpoint for taps; may be empty
        std::size_t stations = 0;            // how much there is to tell, for the taps' queues
        std::size_t machines = 0;            // likewise
        std::filesystem::path tap_key = {};  // of `tap`; empty: it is open
    };
    using Incoming = ControlSocket::Incoming;
    using Handler = ControlSocket::Handler;

    /// Binds what is this generation's own: no two supervisors can be in each other's way. Throws
    /// std::runtime_error naming the endpoint that cannot be had.
    Hub(boost::asio::io_context& loop, const time::Clock& clock, const Options& options,
        Handler on_message);

    /// The control endpoint of another generation, whose supervisor is no more.
    void BindAlso(const std::string& endpoint) { control_.BindAlso(endpoint); }

    /// The taps' endpoints that everybody knows; see TapSocket.
    void TakePublicEndpoints() { tap_.TakePublicEndpoints(); }
    void ReleasePublicEndpoints() noexcept { tap_.ReleasePublicEndpoints(); }

    /// Down to the worker that has that identity; nothing happens if it is gone.
    void Send(const std::string& identity, const proto::Message& message) {
        control_.Send(identity, message);
    }

    /// To the taps. `json` is a message of ours, as Encode makes it or Decode has taken it.
    void Publish(const proto::Message& message);
    void Publish(std::string_view topic, std::string_view json) { tap_.Publish(topic, json); }

    /// Later taps are not told any more what was published last under this topic.
    void Forget(std::string_view topic) { tap_.Forget(topic); }

    /// Counts a well-formed message that is none of this supervisor's business.
    void CountForeign(std::string_view reason) { control_.CountForeign(reason); }

private:
    ControlSocket control_;
    TapSocket tap_;
};

}  // namespace aircheck::supervisor
