// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The page of "/": every station with its state, links and players. No JavaScript.
std::string DashboardHtml(const Services& services, const std::string& base_url);

/// The same for text clients.
std::string DashboardText(const Services& services, const std::string& base_url);

}  // namespace aircheck::webapi
