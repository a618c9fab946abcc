// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::downloader {

/// What the catalog has still to be told, in order. A catalog that is locked, broken or on a full
/// disk stops nothing: the queue keeps what it could not take. For the writer's thread.
class CatalogQueue {
public:
    /// A segment's id, known once the catalog has given it.
    using SegmentId = std::shared_ptr<std::int64_t>;

    struct Progress {
        SegmentId id;
        catalog::SegmentProgress progress;
    };
    struct NewSegment {
        SegmentId id;
        catalog::Segment segment;
    };
    struct Closed {
        SegmentId id;
        catalog::SegmentProgress progress;
        std::string path;
    };
    struct Marks {
        SegmentId id;
        catalog::SegmentMarks marks;
    };
    struct StationFailure {
        std::string station;
        catalog::Failure failure;
    };
    struct TakeEnd {
        std::string take;
        time::SysTime ended;
        std::string cause;
    };
    struct Value {
        std::string key;
        std::string value;
    };
    using Entry = std::variant<catalog::Take, NewSegment, Progress, Marks, Closed, TakeEnd,
                               catalog::Title, catalog::Splice, StationFailure, Value>;

    CatalogQueue(storage::Layout layout, const time::Clock& clock);

    void Push(Entry entry);

    /// Tells the catalog as much as it takes.
    void Flush();

    bool empty() const { return entries_.empty(); }

private:
    void ApplyFront();
    void ApplyProgress();
    void Complain(const std::string& what);

    storage::Layout layout_;
    const time::Clock& clock_;
    std::optional<catalog::Catalog> catalog_;
    std::deque<Entry> entries_;
    std::optional<time::SteadyTime> complained_;
};

}  // namespace aircheck::downloader
