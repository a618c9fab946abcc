// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "common/zmtp/router.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// The ROUTER that workers talk to. What cannot be taken is counted, and answered if it was of
/// another version. Owned by the hub; lives on the loop's thread.
class ControlSocket {
public:
    /// A message from a worker that could be decoded, with its frames as they came. To be used
    /// during the call only.
    struct Incoming {
        const std::string& identity;  // for Send
        std::string_view topic;
        std::string_view json;
        proto::Message message;
    };
    using Handler = std::function<void(const Incoming&)>;

    /// Binds. Throws std::runtime_error naming the endpoint that cannot be had.
    ControlSocket(boost::asio::io_context& loop, const time::Clock& clock,
                  const std::string& endpoint, Handler on_message);

    /// A further ipc endpoint, where workers of another supervisor knock that is no more. Throws
    /// as above.
    void BindAlso(const std::string& endpoint) { router_.Bind(endpoint); }

    /// Down to the worker that has that identity; nothing happens if it is gone.
    void Send(const std::string& identity, const proto::Message& message);

    /// Counts a well-formed message that is none of this supervisor's business.
    void CountForeign(std::string_view reason);

private:
    enum Ignored { kOversized, kMalformed, kUnknownTopic, kUnknownVersion, kForeign, kKinds };

    void Take(const std::string& identity, zmtp::Frames frames);
    void Refuse(const std::string& identity, const proto::DecodeError& error);
    void Count(Ignored kind, std::string_view reason);

    const time::Clock& clock_;
    Handler on_message_;
    zmtp::Router router_;
    std::array<std::uint64_t, kKinds> ignored_{};
    time::SteadyTime next_report_{};
};

}  // namespace aircheck::supervisor
