// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "webapi/http/router.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Everything that Prometheus is told. Stations, workers and disk are the same whichever web worker
/// is asked; what is of this one has its name as a label.
std::string MetricsText(const Services& services, const std::vector<Route>& routes);

}  // namespace aircheck::webapi
