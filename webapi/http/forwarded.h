// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/util/ip_address.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// Under what address the client has asked, ending in "/": by Host, and by X-Forwarded-Proto,
/// -Host and -Prefix where the request comes from a trusted proxy. Of several values the last one
/// counts, the others are what the proxy itself was told. Only what can do no harm in a link is
/// believed. Nullopt if there is no such host.
std::optional<std::string> ForwardedBaseUrl(const Request& request,
                                            const std::vector<util::IpNetwork>& trusted);

}  // namespace aircheck::webapi
