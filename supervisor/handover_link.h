// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/takeover/channel.h"
#include "proto/handover.h"

namespace aircheck::supervisor {

/// One end of what two supervisors say to each other. Never waits: whoever does not read what is
/// said to it counts as gone. Lives on the loop's thread; the handlers are called from there, and
/// may destroy it.
class HandoverLink {
public:
    struct Handlers {
        std::function<void(proto::Handover, std::vector<util::UniqueFd>)> message;
        /// Nothing more will come; why, in a sentence.
        std::function<void(const std::string& reason)> closed;
    };

    HandoverLink(boost::asio::io_context& loop, takeover::Channel channel, Handlers handlers);
    ~HandoverLink();

    /// False if it cannot be sent: the other end is gone.
    bool Send(const proto::Handover& message, const std::vector<int>& fds = {});

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::supervisor
