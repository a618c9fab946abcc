// SPDX-License-Identifier: MIT
#include <algorithm>

#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

constexpr char kCheck[] = "PRAGMA quick_check(1)";
constexpr char kRestoreTake[] =
    "INSERT INTO take(id, station, url, connected_us, ended_us, end_cause) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET url = excluded.url, "
    "connected_us = excluded.connected_us, ended_us = excluded.ended_us, "
    "end_cause = excluded.end_cause";
// One that is known to last, or to have ended otherwise, stays so.
constexpr char kAddFoundTake[] =
    "INSERT INTO take(id, station, url, connected_us, ended_us, end_cause) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
    "SET ended_us = max(ended_us, excluded.ended_us) WHERE end_cause = excluded.end_cause";

}  // namespace

void Catalog::Check() const {
    Query query(impl_->statements.Get(kCheck));
    if (query.Step() && query.Text(0) != "ok") throw SqliteError(SQLITE_CORRUPT, query.Text(0));
}

void Catalog::RestoreTake(const Take& take) {
    Query(impl_->statements.Get(kRestoreTake), take.id, take.station, take.url, take.connected,
          take.ended, take.end_cause)
        .Run();
}

bool Catalog::AddFound(const Take& take, const Segment& segment, std::span<const IndexEntry> index,
                       const SegmentMarks& marks) {
    Transaction transaction(impl_->database);
    if (FindSegment(segment.path)) return false;
    Query(impl_->statements.Get(kAddFoundTake), take.id, take.station, take.url, take.connected,
          take.ended, take.end_cause)
        .Run();
    const std::int64_t id = AddSegment(segment);
    impl_->seek.Append(id, index);
    SetMarks(id, marks);
    transaction.Commit();
    return true;
}

void Catalog::CompleteIndex(std::int64_t segment, std::span<const IndexEntry> index) {
    Transaction transaction(impl_->database);
    if (!FindSegment(segment)) return;
    std::vector<IndexEntry> all = Index(segment);
    all.insert(all.end(), index.begin(), index.end());
    std::ranges::stable_sort(all, {}, &IndexEntry::sample);
    const auto same = [](const IndexEntry& a, const IndexEntry& b) { return a.sample == b.sample; };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    impl_->seek.Clear(segment);
    impl_->seek.Append(segment, all);
    transaction.Commit();
}

}  // namespace aircheck::catalog
