// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>

#include "webapi/http/server.h"

namespace aircheck::webapi {

/// Whether the server answers a request for its heartbeat. It comes by a connection of its own:
/// the listening sockets may be shared with a process that would answer in its place.
boost::asio::awaitable<bool> ProveThatItAnswers(boost::asio::io_context& loop, Server& server,
                                                std::chrono::milliseconds timeout);

}  // namespace aircheck::webapi
