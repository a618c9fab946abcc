// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cloud/body.h"
#include "common/cloud/object_store.h"
#include "common/cloud/transfer.h"

namespace aircheck::cloud {

/// A request before it is signed.
struct HttpRequest {
    std::string method = "GET";                              // or HEAD, PUT, POST, DELETE
    std::string path;                                        // encoded, from '/'
    std::vector<std::pair<std::string, std::string>> query;  // not encoded
    std::map<std::string, std::string> headers;              // names in lower case
    Body* body = nullptr;                                    // of PUT
    std::string text;                                        // of POST

    /// "a=1&b=%2F", sorted by name, as signatures have it.
    std::string Query() const;
};

struct HttpAnswer {
    long status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string text;

    bool ok() const { return status >= 200 && status < 300; }

    /// Empty if it is not there.
    const std::string& Header(const std::string& name) const;

    /// Nullopt if it is not there or no number.
    std::optional<std::uint64_t> ContentLength() const;
};

/// What the answer says of the object that was asked for.
ObjectInfo InfoOf(const HttpAnswer& answer, const std::string& key);

/// Requests to one service over connections that stay open; certificates are checked. One thread.
class HttpClient {
public:
    /// More than any list's page has.
    static constexpr std::size_t kMaxAnswerBytes = 4 << 20;

    /// Adds what authorises a request: to its headers, and to the handle.
    using Sign = std::function<void(HttpRequest& request, curl::Easy& easy)>;

    /// `base`: scheme and host, without a '/' at the end. `ca_file`: empty for the system's.
    HttpClient(const StoreOptions& options, std::string where, std::string base,
               std::string ca_file, Sign sign);

    /// Throws CloudError for what is no answer at all.
    HttpAnswer Do(HttpRequest request);

    /// GET of a range, as ObjectStore::Read has it. What is not 2xx is answered; no byte was given
    /// then.
    HttpAnswer Read(HttpRequest request, std::uint64_t offset, std::uint64_t size,
                    const Sink& sink);

    Transfer& transfer() { return transfer_; }
    const Transfer& transfer() const { return transfer_; }

private:
    void Set(HttpRequest& request);
    void SetMethod(const HttpRequest& request, curl::Easy& easy);
    HttpAnswer Run(const std::function<bool(const HttpAnswer&, std::span<const std::byte>)>& data);

    const std::string base_;
    const std::string ca_file_;
    const Sign sign_;
    curl::HeaderList lines_;  // of the request that runs
    Transfer transfer_;
};

}  // namespace aircheck::cloud
