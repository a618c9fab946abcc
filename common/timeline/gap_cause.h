// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/timeline/timeline.h"

namespace aircheck::timeline {

// Causes of gaps beyond those of takes.
inline constexpr char kNotRecorded[] = "not recorded";
inline constexpr char kFileMissing[] = "file missing";
inline constexpr char kTooOld[] = "removed: too old";
inline constexpr char kOverMaxDisk[] = "removed: max_disk";
inline constexpr char kDiskFull[] = "removed: disk full";

/// Says why there is no sound: what was removed and why; else why the take ended that the sound
/// before is of, or, where that take has later sound, what became of its part. A gap of which only
/// a part was removed becomes several that adjoin. A cause that is there already stays.
std::vector<Gap> Explain(const catalog::Catalog& catalog, std::string_view station,
                         std::vector<Gap> gaps);

}  // namespace aircheck::timeline
