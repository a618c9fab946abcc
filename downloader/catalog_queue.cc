// SPDX-License-Identifier: MIT
#include "downloader/catalog_queue.h"

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

CatalogQueue::CatalogQueue(storage::Layout layout, const time::Clock& clock)
    : layout_(std::move(layout)), clock_(clock) {}

void CatalogQueue::Push(Entry entry) {
    if (entries_.size() >= kMaxEntries && std::holds_alternative<Progress>(entry)) return;
    entries_.push_back(std::move(entry));
}

void CatalogQueue::Flush() {
    try {
        if (!catalog_) catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
        while (!entries_.empty()) {
            if (std::holds_alternative<Progress>(entries_.front()))
                ApplyProgress();
            else
                ApplyFront();
        }
        complained_.reset();
    } catch (const std::exception& error) {
        Complain(util::DescribeException(error));
        // A connection to a file that was replaced or torn never recovers; a new one may.
        catalog_.reset();
    }
}

void CatalogQueue::ApplyFront() {
    const auto apply = Overloaded{
        [this](const catalog::Take& take) { catalog_->AddTake(take); },
        [this](const NewSegment& entry) { *entry.id = catalog_->AddSegment(entry.segment); },
        [](const Progress&) {},
        [this](const Marks& entry) { catalog_->SetMarks(*entry.id, entry.marks); },
        [this](Closed& entry) {
            entry.progress.id = *entry.id;
            catalog_->Close(entry.progress, entry.path);
        },
        [this](const TakeEnd& entry) { catalog_->EndTake(entry.take, entry.ended, entry.cause); },
        [this](const catalog::Title& title) { catalog_->AddTitle(title); },
        [this](const catalog::Splice& splice) { catalog_->AddSplice(splice); },
        [this](const StationFailure& entry) { catalog_->AddFailure(entry.station, entry.failure); },
        [this](const Value& entry) { catalog_->SetValue(entry.key, entry.value); },
    };
    try {
        std::visit(apply, entries_.front());
    } catch (const catalog::SqliteError& error) {
        if (MayPass(error)) throw;
        log::error("catalog: an entry was refused and is left out: {}", error.what());
    }
    entries_.pop_front();
}

void CatalogQueue::ApplyProgress() {
    std::vector<catalog::SegmentProgress> batch;
    for (Entry& entry : entries_) {
        auto* progress = std::get_if<Progress>(&entry);
        if (!progress) break;
        progress->progress.id = *progress->id;
        batch.push_back(progress->progress);
    }
    catalog_->Update(batch);
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
}

void CatalogQueue::Complain(const std::string& what) {
    const auto now = clock_.Steady();
    if (complained_ && now - *complained_ < kComplainEvery) return;
    complained_ = now;
    log::error("catalog: {}; recording goes on, {} entries are kept to be tried again", what,
               entries_.size());
}

}  // namespace aircheck::downloader
