// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/catalog_file.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::downloader {

/// What the catalog has still to be told, in order. A catalog that is locked, broken, gone or on a
/// full disk stops nothing: the queue keeps what it could not take, and tells a new one anew of
/// what is being recorded just now. For the writer's thread.
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

    CatalogQueue(const storage::Layout& layout, const time::Clock& clock);

    void Push(Entry entry);

    /// Tells the catalog as much as it takes.
    void Flush();

    /// Waits for the catalog if it is locked: for the end.
    void FlushAll();

    bool empty() const { return entries_.empty(); }

private:
    struct JoinedTake {
        catalog::Take older;
        catalog::Splice splice;
    };

    void Apply(catalog::Catalog& catalog);
    void ApplyFront(catalog::Catalog& catalog);
    void ApplyProgress(catalog::Catalog& catalog);
    void KeepSplice(catalog::Catalog& catalog, const catalog::Splice& splice);
    void Forget(const Entry& entry);
    void RegisterAgain(catalog::Catalog& catalog);
    void Failed(const std::exception& error);
    void Complain(const std::string& what);

    const time::Clock& clock_;
    catalog::CatalogFile file_;
    int registered_in_ = 0;                       // that opening of the file
    std::map<std::string, catalog::Take> takes_;  // that last
    std::vector<JoinedTake> joined_;              // which takes go on in those
    std::map<SegmentId, catalog::Segment> open_;  // as the catalog has been told
    std::deque<Entry> entries_;
    std::optional<time::SteadyTime> locked_since_;
    std::optional<time::SteadyTime> complained_;
};

}  // namespace aircheck::downloader
