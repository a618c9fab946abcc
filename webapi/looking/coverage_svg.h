// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/coverage/coverage.h"

namespace aircheck::webapi {

/// A picture of it for pages: a row a day, light or dark as the reader likes it, without scripts.
std::string CoverageSvg(const coverage::Coverage& coverage);

}  // namespace aircheck::webapi
