// SPDX-License-Identifier: MIT
#include "webapi/operating/authorization.h"

#include <boost/asio/ip/address.hpp>

#include <fstream>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMaxTokenBytes = 4096;

constexpr std::string_view kForwarded[] = {
    "Forwarded",          "Via",       "X-Forwarded-For",
    "X-Forwarded-Host",   "X-Real-IP", "X-Forwarded-Proto",
    "X-Forwarded-Prefix",
};

std::string ReadToken(const std::filesystem::path& file) {
    if (file.empty()) return {};
    std::ifstream in(file, std::ios::binary);
    std::string text(kMaxTokenBytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    std::string token(util::Trim(text));
    if (token.empty()) log::warn("web: no token can be read from {}", file.string());
    return token;
}

/// In a time that does not tell where they differ.
bool Equal(std::string_view given, std::string_view secret) {
    unsigned difference = given.size() == secret.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const char c = secret.empty() ? '\0' : secret[i % secret.size()];
        difference |= static_cast<unsigned char>(given[i] ^ c);
    }
    return difference == 0;
}

/// "radio.example.org:5000" and "[::1]" without port and brackets.
std::string_view WithoutPort(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

/// "https://radio.example.org:5000/x": the part behind the scheme. "" if there is none.
std::string_view AuthorityOf(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find('/'));
}

}  // namespace

Authorization::Authorization(const config::Config& config) : token_(ReadToken(config.token_file)) {
    public_host_ = WithoutPort(AuthorityOf(config.public_url));
}

std::optional<Response> Authorization::Refusal(const Request& request) const {
    if (HasToken(request)) return std::nullopt;
    const std::string_view why = WhyNotLocal(request);
    if (why.empty()) return std::nullopt;
    return ErrorResponse(403, why,
                         token_.empty()
                             ? "Ask from this machine itself, as curl does, or configure a "
                               "token_file and send Authorization: Bearer TOKEN."
                             : "Ask from this machine itself, as curl does, or send "
                               "Authorization: Bearer TOKEN with the token of token_file.");
}

bool Authorization::HasToken(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    const std::string* header = request.Header("Authorization");
    if (token_.empty() || header == nullptr || !util::StartsWithIgnoringCase(*header, scheme))
        return false;
    return Equal(util::Trim(std::string_view(*header).substr(scheme.size())), token_);
}

bool Authorization::NamesThisMachine(std::string_view host) const {
    host = WithoutPort(host);
    if (util::EqualsIgnoringCase(host, "localhost")) return true;
    if (!public_host_.empty() && util::EqualsIgnoringCase(host, public_host_)) return true;
    boost::system::error_code error;
    boost::asio::ip::make_address(std::string(host), error);
    return !error;
}

/// A sentence; "" if it comes from a program on this machine.
std::string_view Authorization::WhyNotLocal(const Request& request) const {
    if (!request.from_loopback) return "That may only be asked for from this machine.";
    for (const std::string_view name : kForwarded) {
        if (request.Header(name) != nullptr)
            return "What comes through a proxy does not count as coming from this machine.";
    }
    // nginx forwards in this version, and without a word of whom, unless it is told otherwise.
    if (request.version < 11)
        return "HTTP/1.0 may be a proxy's and does not count as coming from this machine.";
    const std::string* host = request.Header("Host");
    if (host != nullptr && !NamesThisMachine(*host))
        return "The Host header names another machine than this one.";
    const std::string* site = request.Header("Sec-Fetch-Site");
    bool foreign = site != nullptr && *site != "same-origin" && *site != "none";
    for (const std::string_view name : {"Origin", "Referer"}) {
        const std::string* from = request.Header(name);
        foreign =
            foreign || (from != nullptr &&
                        (host == nullptr || !util::EqualsIgnoringCase(AuthorityOf(*from), *host)));
    }
    return foreign ? "A page of another site has asked for that." : std::string_view{};
}

}  // namespace aircheck::webapi
