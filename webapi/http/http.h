// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/util/ip_address.h"

namespace aircheck::config {
struct StationConfig;
}

namespace aircheck::webapi {

class Luggage;
struct BodyState;

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request as it came in, plus what the router made of its target.
struct Request {
    std::string method;
    std::string target;  // as sent
    Headers headers;
    std::string body;
    int version = 11;  // of HTTP: 10 or 11
    bool keep_alive = false;
    bool expects_continue = false;
    util::IpAddress peer{};      // who sent it; that may be a proxy
    bool from_loopback = false;  // it may have come through a proxy, though

    // From the router:
    int route = -1;                                           // its number; -1: none fits
    const config::StationConfig* station = nullptr;           // of "{station}" in the pattern
    std::vector<std::pair<std::string, std::string>> params;  // the other names in the pattern
    std::vector<std::pair<std::string, std::string>> query;   // decoded

    /// The first header of that name, whatever its case; nullptr if there is none.
    const std::string* Header(std::string_view name) const;

    /// "" if the pattern has no such name.
    const std::string& Param(std::string_view name) const;

    bool HasQuery(std::string_view name) const;

    /// The first value of that name; nullptr if it is not there.
    const std::string* Query(std::string_view name) const;

    /// Whether Accept names the media type itself: "*/*" does not count.
    bool Accepts(std::string_view media_type) const;
};

/// A run of bytes in an open file, or in memory. They stay there until the next one is asked for.
struct Extent {
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    const char* memory = nullptr;  // if not in a file
    bool more = false;             // of memory: it goes into a packet with what follows
};

/// Cuts an answer off. The log has been told why.
class CutOff : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A body that the kernel sends from files; what has to be made for a listener comes from memory.
class Body {
public:
    virtual ~Body() = default;

    /// Waits until what comes first can be had, while nothing is promised yet. Throws if it cannot.
    virtual boost::asio::awaitable<void> Prepare();

    /// What to send next: nullopt at the end, size 0 for "nothing yet, ask again".
    /// Throws if what was promised cannot be kept: the connection is cut then.
    virtual boost::asio::awaitable<std::optional<Extent>> Next() = 0;

    /// Passes over bytes that nobody wants, behind the last extent: how many of them.
    virtual std::uint64_t Skip(std::uint64_t bytes);

    /// Puts down what another process needs to go on behind the last extent (body_state.h has the
    /// other direction). Files move out: this is of no use afterwards. False, with nothing
    /// changed, if it cannot be done. Not while `Next` waits.
    virtual bool Save(BodyState& state, Luggage& luggage);
};

struct Response {
    int status = 200;
    Headers headers;
    std::string text;            // the body, unless `body` is set
    std::unique_ptr<Body> body;  // sent with sendfile(2), where it is in files
    /// Of the body (that HEAD leaves out too). Nullopt with a `body`: it ends with the connection.
    std::optional<std::uint64_t> length;

    void Add(std::string name, std::string value);
};

Response TextResponse(std::string text, std::string content_type = "text/plain; charset=utf-8");
Response JsonResponse(std::string json, int status = 200);

/// {"result": false, "error": …, "hint": …}
Response ErrorResponse(int status, std::string_view error, std::string_view hint);

/// "Not Found"
std::string_view ReasonPhrase(int status);

/// The status line and all headers up to the empty line, those that every answer has among them.
/// Control characters in values become spaces, so that no value can begin another header. There is
/// room behind it for the text.
std::string FormatHead(const Response& response, bool keep_alive, std::string_view date);

}  // namespace aircheck::webapi
