// SPDX-License-Identifier: MIT
#include "downloader/catalog_queue.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::downloader {
namespace {

/// Hours of one station. Beyond it, progress is left out: what follows has the totals again, and
/// a repair completes the index.
constexpr std::size_t kMaxEntries = 100'000;

constexpr std::chrono::minutes kComplainEvery{1};

/// For another process's lock. Short, because files wait meanwhile; the next round tries again.
constexpr std::chrono::milliseconds kPatience{200};

/// A lock that is held for so long is no other worker's.
constexpr std::chrono::seconds kLockedForLong{5};

/// Faults that pass, or that somebody can mend while we go on. All others are faults of the entry
/// itself: it would fail for ever and hold up the rest.
bool MayPass(const catalog::SqliteError& error) {
    switch (error.code() & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_TOOBIG:
            return false;
        default:
            return true;
    }
}

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace

CatalogQueue::CatalogQueue(const storage::Layout& layout, const time::Clock& clock)
    : clock_(clock), file_(layout.Catalog(), catalog::Catalog::Mode::kReadWrite, kPatience) {}

void CatalogQueue::Push(Entry entry) {
    if (entries_.size() >= kMaxEntries && std::holds_alternative<Progress>(entry)) return;
    entries_.push_back(std::move(entry));
}

void CatalogQueue::Flush() {
    try {
        Apply(file_.Get());
        if (std::exchange(complained_, std::nullopt))
            log::info("catalog: it takes entries again, and has all of them");
        locked_since_.reset();
    } catch (const std::exception& error) {
        Failed(error);
    }
}

void CatalogQueue::FlushAll() {
    const auto end = clock_.Steady() + catalog::Catalog::kBusyTimeout;
    do {
        Flush();
    } while (locked_since_ && clock_.Steady() < end);
}

void CatalogQueue::Apply(catalog::Catalog& catalog) {
    if (file_.opened() != registered_in_) RegisterAgain(catalog);
    registered_in_ = file_.opened();
    while (!entries_.empty()) {
        if (std::holds_alternative<Progress>(entries_.front()))
            ApplyProgress(catalog);
        else
            ApplyFront(catalog);
    }
}

/// It may be another file than before, which knows nothing of what is being recorded.
void CatalogQueue::RegisterAgain(catalog::Catalog& catalog) {
    for (const auto& [id, take] : takes_) catalog.RestoreTake(take);
    for (const JoinedTake& joined : joined_) {
        catalog.RestoreTake(joined.older);
        catalog.AddSplice(joined.splice);
    }
    for (auto& [id, segment] : open_) {
        if (const auto row = catalog.FindSegment(segment.path)) {
            *id = row->id;
            continue;
        }
        *id = catalog.AddSegment(segment);
        const catalog::SegmentProgress beginning{*id,
                                                 segment.start,
                                                 segment.end,
                                                 segment.bytes,
                                                 segment.frames,
                                                 segment.samples,
                                                 {{0, segment.setup_bytes}}};
        catalog.Update({&beginning, 1});
    }
}

void CatalogQueue::ApplyFront(catalog::Catalog& catalog) {
    const auto apply = Overloaded{
        [&](const catalog::Take& take) {
            catalog.RestoreTake(take);  // somebody may have found files of it
            takes_[take.id] = take;
        },
        [&](const NewSegment& entry) {
            *entry.id = catalog.AddSegment(entry.segment);
            open_[entry.id] = entry.segment;
        },
        [](const Progress&) {},
        [&](const Marks& entry) { catalog.SetMarks(*entry.id, entry.marks); },
        [&](Closed& entry) {
            entry.progress.id = *entry.id;
            catalog.Close(entry.progress, entry.path);
        },
        [&](const TakeEnd& entry) { catalog.EndTake(entry.take, entry.ended, entry.cause); },
        [&](const catalog::Title& title) { catalog.AddTitle(title); },
        [&](const catalog::Splice& splice) {
            catalog.AddSplice(splice);
            KeepSplice(catalog, splice);
        },
        [&](const StationFailure& entry) { catalog.AddFailure(entry.station, entry.failure); },
        [&](const Value& entry) { catalog.SetValue(entry.key, entry.value); },
    };
    try {
        std::visit(apply, entries_.front());
    } catch (const catalog::SqliteError& error) {
        if (MayPass(error)) throw;
        log::error("catalog: an entry was refused and is left out: {}", error.what());
    }
    Forget(entries_.front());
    entries_.pop_front();
}

/// Nobody else could find it again while there is little of the newer take.
void CatalogQueue::KeepSplice(catalog::Catalog& catalog, const catalog::Splice& splice) {
    const auto newer = takes_.find(splice.newer);
    if (newer == takes_.end() || newer->second.ended) return;
    if (auto older = catalog.FindTake(splice.older)) joined_.push_back({*std::move(older), splice});
}

/// What is over need not be told of again. A take is kept for as long as segments of it are.
void CatalogQueue::Forget(const Entry& entry) {
    std::string take;
    if (const auto* closed = std::get_if<Closed>(&entry)) {
        if (const auto node = open_.extract(closed->id)) take = node.mapped().take;
    } else if (const auto* end = std::get_if<TakeEnd>(&entry)) {
        take = end->take;
        if (const auto found = takes_.find(take); found != takes_.end()) {
            found->second.ended = end->ended;
            found->second.end_cause = end->cause;
        }
    }
    const auto found = takes_.find(take);
    if (found == takes_.end() || !found->second.ended) return;
    const auto is_of_it = [&](const auto& open) { return open.second.take == take; };
    if (std::ranges::any_of(open_, is_of_it)) return;
    takes_.erase(found);
    std::erase_if(joined_, [&](const JoinedTake& joined) { return joined.splice.newer == take; });
}

void CatalogQueue::ApplyProgress(catalog::Catalog& catalog) {
    std::vector<catalog::SegmentProgress> batch;
    for (Entry& entry : entries_) {
        auto* progress = std::get_if<Progress>(&entry);
        if (!progress) break;
        progress->progress.id = *progress->id;
        batch.push_back(progress->progress);
    }
    catalog.Update(batch);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto open = open_.find(std::get<Progress>(entries_[i]).id);
        if (open == open_.end()) continue;
        catalog::Segment& segment = open->second;
        segment.start = batch[i].start;
        segment.end = batch[i].end;
        segment.bytes = batch[i].bytes;
        segment.frames = batch[i].frames;
        segment.samples = batch[i].samples;
    }
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
}

void CatalogQueue::Failed(const std::exception& error) {
    const auto* sqlite = dynamic_cast<const catalog::SqliteError*>(&error);
    if (sqlite != nullptr && catalog::IsLocked(*sqlite)) {
        const auto now = clock_.Steady();
        if (!locked_since_) locked_since_ = now;
        if (complained_ || now - *locked_since_ < kLockedForLong) return;
        complained_ = now;
        log::warn(
            "catalog: another program keeps it locked; recording goes on, and it is told of "
            "all that when it is free");
        return;
    }
    locked_since_.reset();
    const auto aside = file_.Failed(error);
    if (!aside) Complain(util::DescribeException(error));
}

void CatalogQueue::Complain(const std::string& what) {
    const auto now = clock_.Steady();
    if (complained_ && now - *complained_ < kComplainEvery) return;
    complained_ = now;
    log::error("catalog: {}; recording goes on, {} entries are kept to be tried again", what,
               entries_.size());
}

}  // namespace aircheck::downloader
