// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/messages.h"

namespace aircheck::proto {

/// What the supervisors of two generations say to each other in a soft restart, over a socket that
/// the older one makes. One JSON object a message, with the version of all messages; README.md
/// tells the order.
struct Handover {
    /// From the older one: greeting, recording, granted.
    /// From the newer one: checked, ready, taken, failed, stop.
    std::string kind;
    std::string version;  // of the program; greeting, checked
    std::string reason;   // a sentence; checked (empty: all is well), failed
    int generation = 0;   // greeting: the newer one's is the next

    // greeting
    std::vector<std::string> addresses;    // that the listening sockets sent along are bound to
    std::vector<std::string> quarantined;  // stations
    bool activated = false;                // the service manager has opened the sockets
    std::string notify_socket;
    std::uint64_t watchdog = 0;  // µs

    std::vector<std::string> stations;    // greeting, recording: those that the older one records
    std::vector<std::string> successors;  // ready: the sockets of the web workers

    bool operator==(const Handover&) const = default;
};

std::string Encode(const Handover& message);

/// Never throws.
std::variant<Handover, DecodeError> DecodeHandover(std::string_view json);

}  // namespace aircheck::proto
