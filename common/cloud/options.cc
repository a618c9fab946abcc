// SPDX-License-Identifier: MIT
#include "common/cloud/options.h"

#include "common/cloud/error.h"
#include "common/cloud/text.h"
#include "common/config/values.h"

namespace aircheck::cloud {

std::string Option(const config::CloudConfig& config, const std::string& name,
                   const std::string& otherwise) {
    const auto found = config.options.find(name);
    return found == config.options.end() ? otherwise : found->second;
}

bool BoolOption(const config::CloudConfig& config, const std::string& name, bool otherwise) {
    return config::ReadBool(Option(config, name)).value_or(otherwise);
}

BaseUrl BaseUrlOf(const config::CloudConfig& config, const std::string& name,
                  const std::string& otherwise) {
    const auto text = config::ReadBaseUrl(Option(config, name, otherwise));
    if (!text)
        throw CloudError(CloudError::Kind::kRefused, config.service + ": " + name + " is no URL");
    BaseUrl url;
    const auto host = text->find("://") + 3;
    url.scheme = text->substr(0, host - 3);
    const auto path = text->find('/', host);
    auto authority = text->substr(host, path - host);
    const auto colon = authority.rfind(':');
    if (colon != std::string::npos && authority.find(']', colon) == std::string::npos) {
        url.port = authority.substr(colon);
        authority.resize(colon);
    }
    url.host = authority;
    url.path = text->substr(path);
    while (url.path.ends_with('/')) url.path.pop_back();
    return url;
}

std::string PrefixOf(const config::CloudConfig& config) {
    const auto prefix = CleanPrefix(Option(config, "prefix"));
    return prefix.empty() ? prefix : prefix + "/";
}

}  // namespace aircheck::cloud
