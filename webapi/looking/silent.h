// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The fields of /silent: `silent`, an array of the other machines that have fallen silent, by
/// name, each with `last-heard` (Unix s) and `human-last-heard`, null if it never was; `machines`,
/// how many are known in all; `listen`, where heartbeats are heard, null where they are not.
boost::json::object SilentFields(const Services& services);

}  // namespace aircheck::webapi
