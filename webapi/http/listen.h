// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// Binds a listening TCP socket for each address that the endpoint's host has: for a worker that
/// runs alone, without a supervisor to inherit from. Throws naming the endpoint.
std::vector<util::UniqueFd> BindListeners(const config::Endpoint& endpoint);

}  // namespace aircheck::webapi
