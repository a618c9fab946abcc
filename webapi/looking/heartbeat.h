// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The fields of /heartbeat, over all or (with `station`) of one station. Of one station are
/// `last-recorded`, `files`, `disk`, `bitrate`, and `state`; the rest is the instance's. Over all,
/// `bitrate` is the sum of the stations'. `hits` and `connections` count what web workers and
/// downloaders told in their last beat. Cheap: touches no disk.
boost::json::object HeartbeatFields(const Services& services, const config::StationConfig* station);

}  // namespace aircheck::webapi
