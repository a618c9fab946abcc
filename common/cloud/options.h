// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/config/config.h"

/// What the configuration says of a service, in the form that stores need. The configuration has
/// been checked; what it could not know throws CloudError (kRefused).
namespace aircheck::cloud {

struct BaseUrl {
    std::string scheme;  // "https"
    std::string host;    // "s3.example.org", "[::1]"
    std::string port;    // ":9000", or empty
    std::string path;    // "/base", or empty
};

std::string Option(const config::CloudConfig& config, const std::string& name,
                   const std::string& otherwise = {});
bool BoolOption(const config::CloudConfig& config, const std::string& name, bool otherwise);
BaseUrl BaseUrlOf(const config::CloudConfig& config, const std::string& name,
                  const std::string& otherwise = {});

/// Empty, or ends in '/'.
std::string PrefixOf(const config::CloudConfig& config);

}  // namespace aircheck::cloud
