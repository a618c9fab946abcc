// SPDX-License-Identifier: MIT
#include "common/cloud/s3_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/cloud/answers.h"
#include "common/cloud/options.h"
#include "common/cloud/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

constexpr std::string_view kAmazon = ".amazonaws.com";

/// What is wrong with what arrived, whatever the status.
constexpr std::array<std::string_view, 3> kBadBody = {"XAmzContentSHA256Mismatch", "BadDigest",
                                                      "InvalidDigest"};
/// What goes over by itself, though its status is one of the client's faults.
constexpr std::array<std::string_view, 5> kPassing = {"RequestTimeout", "IncompleteBody",
                                                      "SlowDown", "OperationAborted",
                                                      "ConditionalRequestConflict"};

template <std::size_t N>
bool Has(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

Kind KindOf(long status, std::string_view code) {
    if (Has(kBadBody, code)) return Kind::kChanged;
    if (Has(kPassing, code)) return Kind::kDown;
    if (code == "NoSuchBucket") return Kind::kRefused;
    if (status == 404) return Kind::kMissing;
    if (status == 408 || status == 409 || status == 429) return Kind::kDown;
    if (status >= 500 && status != 501) return Kind::kDown;
    return Kind::kRefused;
}

}  // namespace

S3Client::Place S3Client::PlaceOf(const config::CloudConfig& config) {
    const auto url = BaseUrlOf(config, "endpoint");
    const auto bucket = EncodePath(Option(config, "bucket"));
    const bool amazon = url.host.ends_with(kAmazon);
    if (BoolOption(config, "path_style", !amazon))
        return {url.scheme + "://" + url.host + url.port, url.path + "/" + bucket};
    return {url.scheme + "://" + bucket + "." + url.host + url.port, url.path};
}

S3Client::S3Client(const config::CloudConfig& config, const StoreOptions& options)
    : S3Client(config, options, PlaceOf(config)) {}

S3Client::S3Client(const config::CloudConfig& config, const StoreOptions& options,
                   const Place& place)
    : bucket_path_(place.path),
      prefix_(PrefixOf(config)),
      provider_("aws:amz:" + Option(config, "region", "us-east-1") + ":s3"),
      user_(Option(config, "access_key_id")),
      secret_(Option(config, "secret_access_key")),
      http_(options, "s3 at " + place.base + place.path, place.base, Option(config, "ca_file"),
            [this](HttpRequest&, curl::Easy& easy) { Sign(easy); }) {}

void S3Client::Sign(curl::Easy& easy) const {
    easy.Set(CURLOPT_AWS_SIGV4, provider_.c_str());
    easy.Set(CURLOPT_USERNAME, user_.c_str());
    easy.Set(CURLOPT_PASSWORD, secret_.c_str());
}

HttpRequest S3Client::Object(const std::string& method, const std::string& key) const {
    HttpRequest request;
    request.method = method;
    request.path = bucket_path_ + "/" + EncodePath(FullKey(key));
    return request;
}

HttpRequest S3Client::Bucket(const std::string& method) const {
    HttpRequest request;
    request.method = method;
    request.path = bucket_path_.empty() ? "/" : bucket_path_;
    return request;
}

HttpAnswer S3Client::Do(HttpRequest request, const Sha256& payload) {
    request.headers["x-amz-content-sha256"] = Hex(payload);
    return http_.Do(std::move(request));
}

HttpAnswer S3Client::Read(HttpRequest request, std::uint64_t offset, std::uint64_t size,
                          const Sink& sink) {
    request.headers["x-amz-content-sha256"] = Hex(Sha256Of(""));
    return http_.Read(std::move(request), offset, size, sink);
}

std::string S3Client::FullKey(std::string_view key) const {
    return prefix_ + std::string(key);
}

std::string S3Client::OwnKey(std::string_view full_key) const {
    return full_key.starts_with(prefix_) ? std::string(full_key.substr(prefix_.size()))
                                         : std::string();
}

CloudError S3Client::Error(const HttpAnswer& answer, const std::string& doing) const {
    const auto code = ParseErrorCode(answer.text);
    auto text = doing + ": answered " + std::to_string(answer.status);
    if (!code.empty()) text += " " + code;
    return Error(KindOf(answer.status, code), text);
}

}  // namespace aircheck::cloud
