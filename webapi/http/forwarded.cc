// SPDX-License-Identifier: MIT
#include "webapi/http/forwarded.h"

#include <algorithm>
#include <string_view>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMaxPrefix = 256;

constexpr bool IsAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsPlainHost(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return IsAlphanumeric(c) || std::string_view(".-:[]").find(c) != std::string_view::npos;
    });
}

/// "/radio", with or without a slash at the end.
bool IsPlainPrefix(std::string_view text) {
    return text.starts_with('/') && text.size() <= kMaxPrefix &&
           text.find("//") == std::string_view::npos && text.find("..") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) {
               return IsAlphanumeric(c) ||
                      std::string_view("/.-_~").find(c) != std::string_view::npos;
           });
}

/// The last value of the last header of that name: the one that the sender itself has put there.
std::string_view LastValue(const Request& request, std::string_view name) {
    std::string_view value;
    for (const auto& [key, text] : request.headers) {
        if (util::EqualsIgnoringCase(key, name)) value = util::Split(text, ',').back();
    }
    return util::Trim(value);
}

bool IsFrom(const util::IpAddress& peer, const std::vector<util::IpNetwork>& networks) {
    // All zeros: nobody knows who it is.
    return peer != util::IpAddress{} &&
           std::ranges::any_of(networks, [&](const auto& each) { return each.Contains(peer); });
}

}  // namespace

std::optional<std::string> ForwardedBaseUrl(const Request& request,
                                            const std::vector<util::IpNetwork>& trusted) {
    const std::string* header = request.Header("Host");
    std::string_view host = header == nullptr ? std::string_view{} : *header;
    std::string_view scheme = "http";
    std::string_view prefix;
    if (IsFrom(request.peer, trusted)) {
        const std::string_view said_host = LastValue(request, "X-Forwarded-Host");
        if (IsPlainHost(said_host)) host = said_host;
        if (util::EqualsIgnoringCase(LastValue(request, "X-Forwarded-Proto"), "https"))
            scheme = "https";
        const std::string_view said_prefix = LastValue(request, "X-Forwarded-Prefix");
        if (IsPlainPrefix(said_prefix)) prefix = said_prefix;
    }
    if (!IsPlainHost(host)) return std::nullopt;
    std::string url(scheme);
    url.append("://").append(host).append(prefix);
    if (!url.ends_with('/')) url += '/';
    return url;
}

}  // namespace aircheck::webapi
