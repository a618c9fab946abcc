// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/cloud/http_client.h"
#include "common/config/config.h"

namespace aircheck::cloud {

/// Signed requests to one bucket (AWS Signature Version 4, by libcurl). One thread.
class S3Client {
public:
    /// Throws CloudError for options that cannot be used.
    S3Client(const config::CloudConfig& config, const StoreOptions& options);

    /// Of the object at `key`, below the configured prefix; of the bucket itself without one.
    HttpRequest Object(const std::string& method, const std::string& key) const;
    HttpRequest Bucket(const std::string& method) const;

    /// `payload`: the digest of what is sent, which services check it by; nothing by default.
    HttpAnswer Do(HttpRequest request, const Sha256& payload = Sha256Of(""));
    HttpAnswer Read(HttpRequest request, std::uint64_t offset, std::uint64_t size,
                    const Sink& sink);

    /// "station/x" to "prefix/station/x" and back; keys elsewhere in the bucket become empty.
    std::string FullKey(std::string_view key) const;
    std::string OwnKey(std::string_view full_key) const;

    /// What an answer that is none of those expected means. `doing`: "cannot store KEY".
    CloudError Error(const HttpAnswer& answer, const std::string& doing) const;
    CloudError Error(CloudError::Kind kind, const std::string& what) const {
        return http_.transfer().Error(kind, what);
    }

    Transfer& transfer() { return http_.transfer(); }

private:
    struct Place {
        std::string base;  // "https://s3.example.org"
        std::string path;  // "/bucket", encoded
    };
    static Place PlaceOf(const config::CloudConfig& config);
    S3Client(const config::CloudConfig& config, const StoreOptions& options, const Place& place);

    void Sign(curl::Easy& easy) const;

    const std::string bucket_path_;
    const std::string prefix_;  // empty, or ends in '/'
    const std::string provider_;
    const std::string user_;
    const std::string secret_;
    HttpClient http_;
};

}  // namespace aircheck::cloud
