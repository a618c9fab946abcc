// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

#include "webapi/http/router.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// The table of routes as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), with the
/// stations of this instance and examples that it answers. `base`: where it is reached.
boost::json::object OpenApi(const Services& services, const std::vector<Route>& routes,
                            const std::string& base);

}  // namespace aircheck::webapi
