// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "proto/messages.h"

namespace aircheck::webapi {

/// Asks the supervisor for what only it can do. Lives on the loop's thread, and until the loop has
/// ended.
class SupervisorLine {
public:
    using Publish = std::function<void(const proto::Message&)>;

    /// `name`: this worker's. Without `publish` there is no supervisor.
    SupervisorLine(boost::asio::io_context& loop, std::string name, Publish publish,
                   std::chrono::milliseconds timeout = std::chrono::seconds{5});

    bool connected() const { return static_cast<bool>(publish_); }

    /// `station`: empty for all. Nullopt if there is no answer in time.
    boost::asio::awaitable<std::optional<proto::Answer>> Ask(std::string request,
                                                             std::string station);

    /// What the supervisor says.
    void Hear(const proto::Answer& answer);

private:
    struct Waiting {
        boost::asio::steady_timer timer;
        std::optional<proto::Answer> answer;
    };

    boost::asio::io_context& loop_;
    const std::string name_;
    const Publish publish_;
    const std::chrono::milliseconds timeout_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;
};

}  // namespace aircheck::webapi
