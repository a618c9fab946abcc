// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/cloud/http_client.h"

namespace aircheck::cloud {

/// The value of `Authorization` for a request whose headers are complete ("Authorize with Shared
/// Key" in the documentation of Azure Storage). `key`: decoded.
std::string SharedKeyAuthorization(const HttpRequest& request, const std::string& account,
                                   std::string_view key);

}  // namespace aircheck::cloud
