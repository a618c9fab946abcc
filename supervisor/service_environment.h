// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/util/unique_fd.h"

namespace aircheck::supervisor {

/// What the service manager that started this process wants to hear, and what it hands over:
/// sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). Without one: nothing.
struct ServiceEnvironment {
    std::string notify_socket;              // its address; empty: nobody wants to hear
    std::chrono::microseconds watchdog{0};  // of silence at most; 0: that is not watched
    std::vector<util::UniqueFd> sockets;    // to be listened on instead of opening any
};

/// Takes all of it out of the environment, so that no worker mistakes it for its own. To be called
/// before anything else opens a descriptor. Throws std::runtime_error if descriptors are announced
/// that are not there.
ServiceEnvironment TakeServiceEnvironment();

}  // namespace aircheck::supervisor
