// SPDX-License-Identifier: MIT
#pragma once

#include "common/cloud/object_store.h"

namespace aircheck::cloud {

/// Whether an object has this size and digest, by reading all of it.
bool MatchesWhenRead(ObjectStore& store, const std::string& key, std::uint64_t bytes,
                     const Sha256& digest);

}  // namespace aircheck::cloud
