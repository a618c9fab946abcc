// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "common/catalog/rows.h"
#include "common/time/clock.h"
#include "downloader/catalog_queue.h"
#include "downloader/segment_file.h"

namespace aircheck::downloader {

/// What the writer knows of one segment until its file has its final name.
struct OpenFile {
    SegmentFile file;
    catalog::Segment segment;
    time::Micros sync_interval{};
    time::SteadyTime synced;
    CatalogQueue::SegmentId id = std::make_shared<std::int64_t>(0);
    bool dated = false;                // the catalog may know of it
    bool announced = false;            // to the catalog
    bool complained = false;           // of what cannot be finished
    bool untold = false;               // `written` has grown since the catalog was told of it
    catalog::SegmentProgress held;     // told to us while the file was behind
    catalog::SegmentProgress written;  // what the file has; its index holds what is untold
    catalog::SegmentMarks marks;       // likewise held

    /// Whether the file lacks something that we were told of.
    bool Behind() const { return held.bytes > written.bytes; }

    void Hold(const catalog::SegmentProgress& progress);
    void Write(const catalog::SegmentProgress& progress);

    /// What the catalog is to know now: of the index only when there is a number of entries, or
    /// if it shall be the `whole`.
    CatalogQueue::Progress Tell(bool whole);

    /// What the disk did not keep, and everything behind that, is no sound any more. Answers how
    /// many bytes those are.
    std::uint64_t CutDamage();
};

}  // namespace aircheck::downloader
