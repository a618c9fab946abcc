// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "common/catalog/catalog.h"
#include "common/timeline/timeline.h"

namespace aircheck::timeline {

// Causes of gaps beyond those of takes.
inline constexpr char kNotRecorded[] = "not recorded";
inline constexpr char kFileMissing[] = "file missing";

/// Says why there is no sound: why the take ended that the sound before is of, or, where that take
/// has later sound, what became of its part. A cause that is there already stays.
void Explain(const catalog::Catalog& catalog, std::string_view station, Gap& gap);

}  // namespace aircheck::timeline
