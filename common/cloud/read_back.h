// SPDX-License-Identifier: MIT
#pragma once

#include "common/cloud/object_store.h"

namespace aircheck::cloud {

/// Whether an object has this size and digest, by reading all of it.
bool MatchesWhenRead(ObjectStore& store, const std::string& key, std::uint64_t bytes,
                     const Sha256& digest);

/// Why what arrived is not what was to be sent: kChanged if the file is not what its digest says,
/// or else kDown.
CloudError::Kind KindOfMismatch(int file, std::uint64_t bytes, const Sha256& digest);

}  // namespace aircheck::cloud
