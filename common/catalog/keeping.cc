// SPDX-License-Identifier: MIT
// What is kept where, and what is not kept any longer.
#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

constexpr char kSetObject[] = "UPDATE segment SET object = ?2 WHERE id = ?1";
constexpr char kSetUploaded[] =
    "UPDATE segment SET state = 'uploaded' WHERE id = ? AND state = 'closed' AND object <> ''";
constexpr char kTakeOf[] = "SELECT take FROM segment WHERE id = ?";
constexpr char kRemoveSegment[] = "DELETE FROM segment WHERE id = ?";
constexpr char kRemoveEmptyTake[] =
    "DELETE FROM take WHERE id = ?1 AND ended_us IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM segment WHERE take = ?1)";
constexpr char kSetAged[] = "UPDATE station SET aged_us = max(aged_us, ?2) WHERE name = ?1";
// Segments that follow each other are removed one after the other: one row for all of them.
constexpr char kExtendRemoval[] =
    "UPDATE removal SET from_us = min(from_us, ?2), to_us = max(to_us, ?3) WHERE id = "
    "(SELECT id FROM removal WHERE station = ?1 AND to_us >= ?2 - ?5 "
    "AND from_us <= ?3 + ?5 AND cause = ?4 LIMIT 1)";
constexpr char kAddRemoval[] =
    "INSERT INTO removal(station, from_us, to_us, cause) VALUES (?, ?, ?, ?)";
constexpr char kAged[] = "SELECT aged_us FROM station WHERE name = ?";
constexpr char kRemovalsBetween[] =
    "SELECT from_us, to_us, cause FROM removal WHERE station = ?1 AND to_us > ?2 "
    "AND from_us < ?3 ORDER BY to_us";
constexpr char kForgetRemovals[] = "DELETE FROM removal WHERE station = ? AND to_us < ?";

constexpr char kMaxDisk[] = "max_disk";
constexpr char kMinFree[] = "min_free";

/// What is missing for less is no gap.
constexpr time::Micros kAdjoining{100'000};

}  // namespace

bool Catalog::SetObject(std::int64_t segment, std::string_view key) {
    Query(impl_->statements.Get(kSetObject), segment, key).Run();
    return impl_->database.Changes() > 0;
}

bool Catalog::SetUploaded(std::int64_t segment) {
    Query(impl_->statements.Get(kSetUploaded), segment).Run();
    return impl_->database.Changes() > 0;
}

void Catalog::Forget(std::int64_t id) {
    std::string take;
    if (Query query(impl_->statements.Get(kTakeOf), id); query.Step()) take = query.Text(0);
    Query(impl_->statements.Get(kRemoveSegment), id).Run();
    Query(impl_->statements.Get(kRemoveEmptyTake), take).Run();
}

void Catalog::RemoveSegment(std::int64_t id) {
    Transaction transaction(impl_->database);
    Forget(id);
    transaction.Commit();
}

void Catalog::RemoveSegment(const Segment& segment, RemovalCause cause) {
    Transaction transaction(impl_->database);
    if (cause == RemovalCause::kAge) {
        Query(impl_->statements.Get(kSetAged), segment.station, segment.end).Run();
    } else {
        const std::string_view word = cause == RemovalCause::kMaxDisk ? kMaxDisk : kMinFree;
        Query(impl_->statements.Get(kExtendRemoval), segment.station, segment.start, segment.end,
              word, kAdjoining.count())
            .Run();
        if (impl_->database.Changes() == 0)
            Query(impl_->statements.Get(kAddRemoval), segment.station, segment.start, segment.end,
                  word)
                .Run();
    }
    Forget(segment.id);
    transaction.Commit();
}

std::vector<Removal> Catalog::RemovalsBetween(std::string_view station, time::SysTime from,
                                              time::SysTime to) const {
    std::vector<Removal> removals;
    if (Query query(impl_->statements.Get(kAged), station); query.Step() && query.Time(0) > from)
        removals.push_back({time::SysTime{}, query.Time(0), RemovalCause::kAge});
    Query query(impl_->statements.Get(kRemovalsBetween), station, from, to);
    while (query.Step())
        removals.push_back(
            {query.Time(0), query.Time(1),
             query.Text(2) == kMaxDisk ? RemovalCause::kMaxDisk : RemovalCause::kMinFree});
    return removals;
}

void Catalog::ForgetRemovals(std::string_view station, time::SysTime before) {
    Query(impl_->statements.Get(kForgetRemovals), station, before).Run();
}

}  // namespace aircheck::catalog
