// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <string_view>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The fields of /stats that cost no look-up, the heartbeat's among them.
boost::json::object StatsFields(const Services& services, const config::StationConfig* station);

/// Adds those that do: `kv`, every recorded stream (of one station, if given) and locks. Blocks.
void AddRecorded(boost::json::object& fields, const catalog::Catalog* catalog,
                 const storage::Layout& layout, std::string_view station);

}  // namespace aircheck::webapi
