// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The page of "/" without JavaScript: every station with its state, links and players. `nonce`
/// is what the page's policy knows its style by.
std::string DashboardHtml(const Services& services, const std::string& base_url,
                          const std::string& nonce);

/// The same for text clients.
std::string DashboardText(const Services& services, const std::string& base_url);

}  // namespace aircheck::webapi
