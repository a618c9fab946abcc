// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio::ip {
class address;
}

/// The heartbeat of another machine, as the PyHeartBeat recipe's clients have sent it for twenty
/// years: a UDP datagram of the four bytes "PyHB". Behind them may stand a name, which tells
/// machines apart that share an address.
namespace aircheck::proto {

inline constexpr std::uint16_t kBeatPort = 43278;

/// Longest name, in bytes.
inline constexpr std::size_t kMaxBeatName = 64;

/// Longest datagram that is looked at: more than any heartbeat has.
inline constexpr std::size_t kMaxBeatBytes = 128;

/// How many machines a supervisor remembers at most, apart from those that are configured.
inline constexpr std::size_t kMaxMachines = 16384;

/// Letters, digits, '.', '_' and '-', so that it can stand in a topic and a log line.
bool IsBeatName(std::string_view name);

/// The datagram; `name` may be empty.
std::string EncodeBeat(std::string_view name);

/// The name in a datagram, "" where there is none; nullopt if it is no heartbeat.
std::optional<std::string_view> DecodeBeat(std::string_view datagram);

/// How a machine is called: "10.0.0.8", "2001:db8::8", "10.0.0.8/attic". An IPv4 address is
/// written as such, also where it came through an IPv6 socket.
std::string MachineId(const boost::asio::ip::address& address, std::string_view name);

/// The same from what a person wrote; nullopt if that is no address with or without a name.
std::optional<std::string> ReadMachineId(std::string_view text);

}  // namespace aircheck::proto
