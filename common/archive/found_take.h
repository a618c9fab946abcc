// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "common/catalog/measure.h"
#include "common/catalog/rows.h"

namespace aircheck::archive {

/// A segment of which there is a file: either the catalog's row, or what was made of the file.
struct FoundSegment {
    catalog::Segment segment;
    bool known = false;                     // it is the catalog's row, and true
    time::SysTime named;                    // the file's name
    std::optional<time::SysTime> modified;  // the file's time
    std::vector<catalog::IndexEntry> index;
    catalog::SegmentMarks marks;
};

/// Gives the segments of one take, in order of their names, what only their neighbours tell:
/// `start`, `end`, `sequence` and `take_sample` of those that are not known.
void Arrange(std::vector<FoundSegment>& take);

}  // namespace aircheck::archive
