// SPDX-License-Identifier: MIT
#include "common/config/values.h"

#include <arpa/inet.h>
#include <iconv.h>
#include <netinet/in.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/time/zone.h"
#include "common/util/text.h"
#include "common/util/units.h"
#include "proto/beat.h"

namespace aircheck::config {
namespace {

constexpr Duration kMaxDuration = std::chrono::hours{24 * 365 * 100};
constexpr int kMaxCount = 256;
constexpr int kMaxRecorders = 4;
constexpr int kMinLevel = -120;
constexpr int kMaxRate = 100'000;
constexpr std::string_view kTapScheme = "tcp://";
constexpr std::string_view kHeaderMarks = "!#$%&'*+-.^_`|~";

constexpr bool IsAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsHostName(std::string_view text) {
    return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
           std::ranges::all_of(
               text, [](char c) { return IsAlphanumeric(c) || c == '.' || c == '-' || c == '_'; });
}

bool IsIpv6(std::string_view text) {
    in6_addr address{};
    return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

std::optional<std::uint16_t> ReadPort(std::string_view text) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    const auto port = util::ParseInteger(text);
    if (!digits || !port || *port > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

/// The parts of an absolute http(s) URL that are checked or hidden.
struct UrlParts {
    std::string_view scheme;  // with "://"
    std::string_view user;    // with '@'; empty if there is none
    std::string_view host;    // with port
    std::string_view rest;    // path, query and fragment
};

std::optional<UrlParts> SplitUrl(std::string_view url) {
    UrlParts parts;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (util::StartsWithIgnoringCase(url, scheme)) parts.scheme = url.substr(0, scheme.size());
    }
    if (parts.scheme.empty()) return std::nullopt;
    url.remove_prefix(parts.scheme.size());
    const auto authority = url.substr(0, url.find_first_of("/?#"));
    parts.rest = url.substr(authority.size());
    const auto at = authority.rfind('@');
    const auto host_at = at == std::string_view::npos ? 0 : at + 1;
    parts.user = authority.substr(0, host_at);
    parts.host = authority.substr(host_at);
    return parts;
}

bool IsHostWithPort(std::string_view text) {
    if (text.starts_with('[')) {
        return text.ends_with(']') ? IsIpv6(text.substr(1, text.size() - 2))
                                   : ReadEndpoint(text).has_value();
    }
    return text.find(':') == std::string_view::npos ? IsHostName(text)
                                                    : ReadEndpoint(text).has_value();
}

std::optional<std::string> HomeFolder() {
    if (const char* home = std::getenv("HOME"); home && *home == '/') return home;
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
    if (!found) return std::nullopt;
    return found->pw_dir;
}

}  // namespace

std::optional<Duration> ReadDuration(std::string_view text) {
    const auto duration = util::ParseDuration(text);
    if (!duration || *duration <= Duration::zero() || *duration > kMaxDuration) return std::nullopt;
    return duration;
}

std::optional<std::optional<Duration>> ReadDurationOrOff(std::string_view text) {
    if (util::EqualsIgnoringCase(text, "off")) return std::optional<Duration>{};
    const auto duration = ReadDuration(text);
    if (!duration) return std::nullopt;
    return duration;
}

std::optional<std::uint64_t> ReadSize(std::string_view text) {
    const auto size = util::ParseSize(text);
    if (!size || *size == 0) return std::nullopt;
    return size;
}

std::optional<bool> ReadBool(std::string_view text) {
    const std::string word = util::ToLower(text);
    if (word == "true" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "no" || word == "off") return false;
    return std::nullopt;
}

std::optional<int> ReadCount(std::string_view text) {
    const auto count = util::ParseInteger(text);
    if (!count || *count < 1 || *count > kMaxCount) return std::nullopt;
    return static_cast<int>(*count);
}

std::optional<int> ReadRateOrOff(std::string_view text) {
    if (util::EqualsIgnoringCase(text, "off")) return 0;
    const auto rate = util::ParseInteger(text);
    if (!rate || *rate < 1 || *rate > kMaxRate) return std::nullopt;
    return static_cast<int>(*rate);
}

std::optional<int> ReadLevel(std::string_view text) {
    const auto level = util::ParseInteger(text);
    if (!level || *level < kMinLevel || *level > -1) return std::nullopt;
    return static_cast<int>(*level);
}

std::optional<int> ReadRecorders(std::string_view text) {
    const auto count = ReadCount(text);
    return count && *count <= kMaxRecorders ? count : std::nullopt;
}

std::optional<Endpoint> ReadEndpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto port = ReadPort(text.substr(colon + 1));
    if (!port) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!IsIpv6(host)) return std::nullopt;
    } else if (!IsHostName(host)) {
        return std::nullopt;
    }
    return Endpoint{std::string(host), *port};
}

std::optional<std::string> ReadTap(std::string_view text) {
    if (!text.starts_with(kTapScheme)) return std::nullopt;
    const auto address = text.substr(kTapScheme.size());
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto host = address.substr(0, colon);
    const auto port = address.substr(colon + 1);
    std::string probe(host == "*" ? "any" : host);
    probe += ':';
    probe += port == "*" ? "0" : port;
    if (!ReadEndpoint(probe)) return std::nullopt;
    return std::string(text);
}

std::optional<std::string> ReadUrl(std::string_view text) {
    const auto parts = SplitUrl(text);
    const bool blank = text.find_first_of(" \t\r\n") != std::string_view::npos;
    if (!parts || blank || !IsHostWithPort(parts->host)) return std::nullopt;
    return std::string(text);
}

std::optional<std::string> ReadBaseUrl(std::string_view text) {
    auto url = ReadUrl(text);
    if (!url || !SplitUrl(text)->user.empty()) return std::nullopt;
    if (text.find_first_of("?#") != std::string_view::npos) return std::nullopt;
    if (!url->ends_with('/')) *url += '/';
    return url;
}

std::optional<std::filesystem::path> ReadPath(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (!text.starts_with('~')) return std::filesystem::path(text);
    if (text.size() > 1 && text[1] != '/') return std::nullopt;
    auto path = HomeFolder();
    if (!path) return std::nullopt;
    *path += text.substr(1);
    return std::filesystem::path(*path);
}

std::filesystem::path Resolve(const std::filesystem::path& path,
                              const std::filesystem::path& folder) {
    auto resolved = (folder / path).lexically_normal();
    return resolved.has_filename() ? resolved : resolved.parent_path();
}

std::optional<std::string> ReadMachine(std::string_view text) {
    return proto::ReadMachineId(text);
}

std::optional<std::string> ReadText(std::string_view text) {
    return std::string(text);
}

std::optional<std::string> ReadTimezone(std::string_view text) {
    if (!time::Zone::Find(text)) return std::nullopt;
    return std::string(text);
}

std::optional<std::string> ReadLogLevel(std::string_view text) {
    for (const std::string_view word : {"debug", "info", "warn", "error"}) {
        if (text == word) return std::string(text);
    }
    return std::nullopt;
}

std::optional<std::string> ReadCharset(std::string_view text) {
    // A slash would start iconv's own options, or a path.
    const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.' || c == ':';
    });
    if (!plain) return std::nullopt;
    std::string name(text);
    const iconv_t converter = iconv_open("UTF-8", name.c_str());
    // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX's way to say that there is none
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    iconv_close(converter);
    return name;
}

bool IsHeaderName(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return IsAlphanumeric(c) || kHeaderMarks.find(c) != std::string_view::npos;
    });
}

bool IsSecretName(std::string_view name) {
    const std::string lower = util::ToLower(name);
    for (const std::string_view word :
         {"auth", "cookie", "token", "key", "secret", "pass", "pwd", "sig", "session"}) {
        if (lower.find(word) != std::string::npos) return true;
    }
    return false;
}

std::string HideSecrets(std::string_view url) {
    const auto parts = SplitUrl(url);
    if (!parts) return std::string(url);
    std::string shown(parts->scheme);
    if (!parts->user.empty()) shown.append(kHidden).append("@");
    shown += parts->host;

    const auto query_at = std::min(parts->rest.find('?'), parts->rest.size());
    shown += parts->rest.substr(0, query_at);
    if (query_at == parts->rest.size()) return shown;
    char separator = '?';
    for (const auto parameter : util::Split(parts->rest.substr(query_at + 1), '&')) {
        const auto equals = parameter.find('=');
        const auto name = parameter.substr(0, equals);
        shown += separator;
        separator = '&';
        const bool hide = equals != std::string_view::npos && IsSecretName(name);
        shown += hide ? std::string(name).append("=").append(kHidden) : std::string(parameter);
    }
    return shown;
}

std::string Print(const Endpoint& endpoint) {
    const bool brackets = endpoint.host.find(':') != std::string::npos;
    return (brackets ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
           std::to_string(endpoint.port);
}

}  // namespace aircheck::config
