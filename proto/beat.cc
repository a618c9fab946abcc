// SPDX-License-Identifier: MIT
#include "proto/beat.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace aircheck::proto {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kMark = "PyHB";
constexpr std::string_view kSpace = " \t\r\n";
constexpr char kSeparator = '/';

std::string_view Trim(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

ip::address Unmapped(const ip::address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

}  // namespace

bool IsBeatName(std::string_view name) {
    return !name.empty() && name.size() <= kMaxBeatName && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

std::string EncodeBeat(std::string_view name) {
    std::string datagram(kMark);
    if (!name.empty()) datagram.append(" ").append(name);
    return datagram;
}

std::optional<std::string_view> DecodeBeat(std::string_view datagram) {
    if (datagram.size() > kMaxBeatBytes || !datagram.starts_with(kMark)) return std::nullopt;
    const std::string_view name = Trim(datagram.substr(kMark.size()));
    if (!name.empty() && !IsBeatName(name)) return std::nullopt;
    return name;
}

std::string MachineId(const ip::address& address, std::string_view name) {
    std::string id = Unmapped(address).to_string();
    if (!name.empty()) id.append(1, kSeparator).append(name);
    return id;
}

std::optional<std::string> ReadMachineId(std::string_view text) {
    const auto slash = text.find(kSeparator);
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
    if (error) return std::nullopt;
    if (slash == std::string_view::npos) return MachineId(address, "");
    const std::string_view name = text.substr(slash + 1);
    if (!IsBeatName(name)) return std::nullopt;
    return MachineId(address, name);
}

}  // namespace aircheck::proto
