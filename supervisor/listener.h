// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/util/unique_fd.h"

namespace aircheck::supervisor {

/// A listening TCP socket: non-blocking, close-on-exec. The supervisor opens it and the web
/// workers inherit it, so that it outlives each of them.
struct Listener {
    util::UniqueFd fd;
    std::string address;  // "127.0.0.1:5000", "[::1]:5000"
};

/// One for each address that the endpoints mean ("localhost" may mean two); those of `had` that are
/// bound to one are used again. Throws std::runtime_error that says which address and why; a port
/// in use is left to its holder.
std::vector<Listener> Listen(const std::vector<config::Endpoint>& endpoints,
                             std::vector<Listener> had = {});

/// The same of sockets that somebody else has opened, close-on-exec already. Throws
/// std::runtime_error naming the descriptor that is no listening TCP socket.
std::vector<Listener> Adopt(std::vector<util::UniqueFd> sockets);

}  // namespace aircheck::supervisor
