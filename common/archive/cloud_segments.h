// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "common/archive/stored_segments.h"
#include "common/cloud/object_store.h"

namespace aircheck::archive {

/// Lists and reads the segments of an origin, for one thread at a time. `store` outlives the
/// answer.
ListStored CloudSegments(cloud::ObjectStore& store, std::string origin);

/// The stations that an origin has objects of. Throws CloudError.
std::set<std::string> StationsInCloud(cloud::ObjectStore& store, const std::string& origin);

}  // namespace aircheck::archive
