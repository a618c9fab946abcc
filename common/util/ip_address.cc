// SPDX-License-Identifier: MIT
#include "common/util/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "common/util/text.h"

namespace aircheck::util {
namespace {

constexpr int kAllBits = 128;
constexpr int kMappedBits = 96;  // before the 32 of IPv4
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress Map(const in_addr& v4) {
    IpAddress address{};
    std::ranges::copy(kMapped, address.begin());
    std::memcpy(address.data() + kMapped.size(), &v4, sizeof v4);
    return address;
}

IpAddress From(const in6_addr& v6) {
    IpAddress address{};
    std::memcpy(address.data(), &v6, sizeof v6);
    return address;
}

IpAddress WithoutHost(IpAddress address, int prefix_bits) {
    for (int bit = prefix_bits; bit < kAllBits; ++bit) {
        address[static_cast<std::size_t>(bit) / 8] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
    }
    return address;
}

}  // namespace

bool IsMapped(const IpAddress& address) {
    return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
    const std::string name(text);
    if (name.find('\0') != std::string::npos) return std::nullopt;
    in_addr v4{};
    if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) return Map(v4);
    in6_addr v6{};
    if (::inet_pton(AF_INET6, name.c_str(), &v6) == 1) return From(v6);
    return std::nullopt;
}

IpAddress PeerOf(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
    if (peer.ss_family == AF_INET) return Map(reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
    if (peer.ss_family != AF_INET6) return {};
    return From(reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr);
}

bool IsLoopback(const IpAddress& address) {
    if (IsMapped(address)) return address[kMapped.size()] == IN_LOOPBACKNET;
    return address == From(in6addr_loopback);
}

bool IpNetwork::Contains(const IpAddress& other) const {
    return WithoutHost(other, prefix_bits) == address;
}

std::optional<IpNetwork> ParseIpNetwork(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = ParseIpAddress(text.substr(0, slash));
    if (!address) return std::nullopt;
    // "::ffff:10.0.0.0/104" is written as IPv6 and counted so.
    const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
    const int most = v4 ? kAllBits - kMappedBits : kAllBits;
    long long bits = most;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto number = ParseInteger(digits);
        if (!number || *number < 0 || *number > most || digits.front() == '-') return std::nullopt;
        bits = *number;
    }
    const int prefix_bits = static_cast<int>(bits) + kAllBits - most;
    return IpNetwork{WithoutHost(*address, prefix_bits), prefix_bits};
}

std::string Format(const IpNetwork& network) {
    const bool v4 = network.prefix_bits >= kMappedBits && IsMapped(network.address);
    const int left_out = v4 ? kMappedBits : 0;
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(v4 ? AF_INET : AF_INET6, network.address.data() + left_out / 8, text, sizeof text);
    if (network.prefix_bits == kAllBits) return text;
    return std::string(text) + "/" + std::to_string(network.prefix_bits - left_out);
}

}  // namespace aircheck::util
