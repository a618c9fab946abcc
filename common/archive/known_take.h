// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/archive/splicer.h"
#include "common/catalog/catalog.h"

namespace aircheck::archive {

/// A take as it stands in the catalog; nullopt if no marks of its end are kept.
std::optional<KnownTake> LoadTake(const catalog::Catalog& catalog, const catalog::Take& take);

}  // namespace aircheck::archive
