// SPDX-License-Identifier: MIT
#include "common/cloud/azure_client.h"

#include "common/cloud/answers.h"
#include "common/cloud/azure_signature.h"
#include "common/cloud/options.h"
#include "common/cloud/text.h"
#include "common/time/timestamp.h"
#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

/// Of the service's protocol: the first that tells encoded names in lists, and a bit.
constexpr const char* kVersion = "2021-12-02";

std::vector<std::pair<std::string, std::string>> ReadSas(std::string_view sas) {
    std::vector<std::pair<std::string, std::string>> fields;
    if (sas.starts_with('?')) sas.remove_prefix(1);
    for (const auto field : util::Split(sas, '&')) {
        const auto equals = field.find('=');
        if (field.empty() || equals == std::string_view::npos) continue;
        fields.emplace_back(DecodePercent(field.substr(0, equals)),
                            DecodePercent(field.substr(equals + 1)));
    }
    return fields;
}

Kind KindOf(long status, std::string_view code) {
    if (code == "Md5Mismatch") return Kind::kChanged;
    if (code == "ContainerNotFound") return Kind::kRefused;
    if (status == 404) return Kind::kMissing;
    if (status == 408 || status == 409 || status == 429) return Kind::kDown;
    if (status >= 500 && status != 501) return Kind::kDown;
    return Kind::kRefused;
}

}  // namespace

AzureClient::Place AzureClient::PlaceOf(const config::CloudConfig& config) {
    const auto url = BaseUrlOf(config, "endpoint",
                               "https://" + Option(config, "account") + ".blob.core.windows.net");
    return {url.scheme + "://" + url.host + url.port,
            url.path + "/" + EncodePath(Option(config, "container"))};
}

AzureClient::AzureClient(const config::CloudConfig& config, const StoreOptions& options)
    : AzureClient(config, options, PlaceOf(config)) {}

AzureClient::AzureClient(const config::CloudConfig& config, const StoreOptions& options,
                         const Place& place)
    : container_path_(place.path),
      prefix_(PrefixOf(config)),
      account_(Option(config, "account")),
      sas_(ReadSas(Option(config, "sas"))),
      http_(options, "azure at " + place.base + place.path, place.base, Option(config, "ca_file"),
            [this](HttpRequest& request, curl::Easy&) { Sign(request); }) {
    if (!sas_.empty()) return;
    const auto key = DecodeBase64(Option(config, "key"));
    if (!key || key->empty()) throw Error(Kind::kRefused, "the key is no Base64");
    key_ = *key;
}

HttpRequest AzureClient::Blob(const std::string& method, const std::string& key) const {
    HttpRequest request;
    request.method = method;
    request.path = container_path_ + "/" + EncodePath(FullKey(key));
    return request;
}

HttpRequest AzureClient::Container(const std::string& method) const {
    HttpRequest request;
    request.method = method;
    request.path = container_path_;
    request.query = {{"restype", "container"}};
    return request;
}

void AzureClient::Sign(HttpRequest& request) const {
    request.headers["x-ms-version"] = kVersion;
    request.headers["x-ms-date"] = time::FormatHttpDate(time::SystemClock().Now());
    if (key_.empty()) {
        request.query.insert(request.query.end(), sas_.begin(), sas_.end());
        return;
    }
    request.headers["authorization"] = SharedKeyAuthorization(request, account_, key_);
}

std::string AzureClient::OwnKey(std::string_view full_key) const {
    return full_key.starts_with(prefix_) ? std::string(full_key.substr(prefix_.size()))
                                         : std::string();
}

std::string AzureClient::CodeOf(const HttpAnswer& answer) {
    const auto& code = answer.Header("x-ms-error-code");
    return IsErrorCode(code) ? code : ParseErrorCode(answer.text);
}

CloudError AzureClient::Error(const HttpAnswer& answer, const std::string& doing) const {
    const auto code = CodeOf(answer);
    auto text = doing + ": answered " + std::to_string(answer.status);
    if (!code.empty()) text += " " + code;
    return Error(KindOf(answer.status, code), text);
}

}  // namespace aircheck::cloud
