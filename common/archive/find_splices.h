// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "common/catalog/catalog.h"

namespace aircheck::archive {

/// Makes the catalog know where takes of a station that have changed, and those before and behind
/// them, go on. For a worker thread. Throws SqliteError.
void FindSplices(catalog::Catalog& catalog, const std::string& station,
                 const std::set<std::string>& changed);

}  // namespace aircheck::archive
