// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cloud/http_client.h"
#include "common/config/config.h"

namespace aircheck::cloud {

/// Requests to one container of Azure Blob, authorised by the account's key or by a shared access
/// signature. One thread.
class AzureClient {
public:
    /// Throws CloudError for options that cannot be used.
    AzureClient(const config::CloudConfig& config, const StoreOptions& options);

    /// Of the blob at `key`, below the configured prefix; of the container itself without one.
    HttpRequest Blob(const std::string& method, const std::string& key) const;
    HttpRequest Container(const std::string& method) const;

    HttpAnswer Do(HttpRequest request) { return http_.Do(std::move(request)); }
    HttpAnswer Read(HttpRequest request, std::uint64_t offset, std::uint64_t size,
                    const Sink& sink) {
        return http_.Read(std::move(request), offset, size, sink);
    }

    std::string FullKey(std::string_view key) const { return prefix_ + std::string(key); }
    /// Empty for what is elsewhere in the container.
    std::string OwnKey(std::string_view full_key) const;

    /// "BlobNotFound"; empty if there is none.
    static std::string CodeOf(const HttpAnswer& answer);

    /// What an answer that is none of those expected means. `doing`: "cannot store KEY".
    CloudError Error(const HttpAnswer& answer, const std::string& doing) const;
    CloudError Error(CloudError::Kind kind, const std::string& what) const {
        return http_.transfer().Error(kind, what);
    }

private:
    struct Place {
        std::string base;  // "https://account.blob.core.windows.net"
        std::string path;  // "/container", encoded
    };
    static Place PlaceOf(const config::CloudConfig& config);
    AzureClient(const config::CloudConfig& config, const StoreOptions& options, const Place& place);

    void Sign(HttpRequest& request) const;

    const std::string container_path_;
    const std::string prefix_;  // empty, or ends in '/'
    const std::string account_;
    std::string key_;  // decoded; empty: by the signature
    std::vector<std::pair<std::string, std::string>> sas_;
    HttpClient http_;
};

}  // namespace aircheck::cloud
