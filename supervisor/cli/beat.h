// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "proto/beat.h"

namespace aircheck::cli {

struct BeatOptions {
    std::string host = "127.0.0.1";  // an address or a name
    std::uint16_t port = proto::kBeatPort;
    std::string period = "5";  // seconds, or a duration as in configurations
    std::string name;          // may be empty
};

/// `aircheck beat`: sends heartbeats until killed; a network that is down meanwhile is waited for.
/// Throws std::runtime_error with a sentence for the operator if an option makes no sense or the
/// host cannot be found.
[[noreturn]] int Beat(const BeatOptions& options);

}  // namespace aircheck::cli
