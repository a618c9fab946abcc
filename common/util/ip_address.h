// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aircheck::util {

/// An address of IPv6; those of IPv4 are mapped into it (RFC 4291, 2.5.5.2). All zeros where it
/// is not known.
using IpAddress = std::array<std::uint8_t, 16>;

/// "10.0.0.7", "2001:db8::7".
std::optional<IpAddress> ParseIpAddress(std::string_view text);

/// Of the other end of a connected socket.
IpAddress PeerOf(int socket);

/// Whether it is one of IPv4.
bool IsMapped(const IpAddress& address);

bool IsLoopback(const IpAddress& address);

/// A block of addresses.
struct IpNetwork {
    IpAddress address{};  // nothing set behind the prefix
    int prefix_bits = 128;

    bool Contains(const IpAddress& other) const;

    bool operator==(const IpNetwork&) const = default;
};

/// "10.0.0.0/8", "2001:db8::/32", or an address alone. What is set behind the prefix is dropped.
std::optional<IpNetwork> ParseIpNetwork(std::string_view text);

/// As ParseIpNetwork reads it; a single address without a prefix.
std::string Format(const IpNetwork& network);

}  // namespace aircheck::util
