// SPDX-License-Identifier: MIT
#include "common/catalog/catalog.h"

#include <string>

#include "common/catalog/catalog_impl.h"
#include "common/catalog/schema.h"

namespace aircheck::catalog {
namespace {

constexpr char kAddTake[] =
    "INSERT INTO take(id, station, url, connected_us, ended_us, end_cause) "
    "VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kEndTake[] = "UPDATE take SET ended_us = ?2, end_cause = ?3 WHERE id = ?1";
constexpr char kAddSegment[] =
    "INSERT INTO segment(station, take, sequence, path, state, start_us, end_us, bytes, frames, "
    "samples, codec, version, layer, sample_rate, channels, take_sample, setup, setup_bytes, "
    "object) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kProgress[] =
    "UPDATE segment SET start_us = ?2, end_us = ?3, bytes = ?4, frames = ?5, samples = ?6 "
    "WHERE id = ?1";
constexpr char kGiveWay[] =
    "DELETE FROM segment WHERE path = ?2 AND id <> ?1 "
    "AND take = (SELECT take FROM segment WHERE id = ?1)";
constexpr char kClose[] = "UPDATE segment SET path = ?2, state = 'closed' WHERE id = ?1";
constexpr char kSetPath[] = "UPDATE segment SET path = ? WHERE id = ?";
constexpr char kAddFailure[] = "INSERT INTO failure(station, at_us, cause) VALUES (?, ?, ?)";
constexpr char kForgetFailures[] = "DELETE FROM failure WHERE station = ? AND at_us < ?";
constexpr char kSetValue[] =
    "INSERT INTO kv(key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
constexpr char kRemoveValue[] = "DELETE FROM kv WHERE key = ?";

std::string_view Name(SegmentState state) {
    switch (state) {
        case SegmentState::kOpen:
            return "open";
        case SegmentState::kClosed:
            return "closed";
        case SegmentState::kUploaded:
            break;
    }
    return "uploaded";
}

/// False if there is no such segment.
bool WriteProgress(Database& database, StatementCache& statements, const SegmentProgress& p) {
    Query(statements.Get(kProgress), p.id, p.start, p.end, p.bytes, p.frames, p.samples).Run();
    return database.Changes() > 0;
}

}  // namespace

Catalog::Catalog(const std::filesystem::path& path, Mode mode, std::chrono::milliseconds patience)
    : impl_(std::make_unique<Impl>(
          path, mode == Mode::kReadOnly ? Database::Mode::kReadOnly : Database::Mode::kReadWrite)) {
    impl_->database.SetBusyTimeout(patience);
    if (mode == Mode::kReadOnly)
        CheckSchema(impl_->database, path);
    else
        Migrate(impl_->database, path);
    impl_->database.Execute("PRAGMA foreign_keys = ON");
}

Catalog::~Catalog() = default;
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;

bool Catalog::Moved() const {
    return impl_->database.Moved();
}

void Catalog::AddTake(const Take& take) {
    Query(impl_->statements.Get(kAddTake), take.id, take.station, take.url, take.connected,
          take.ended, take.end_cause)
        .Run();
}

void Catalog::EndTake(std::string_view take, time::SysTime ended, std::string_view cause) {
    Query(impl_->statements.Get(kEndTake), take, ended, cause).Run();
}

std::int64_t Catalog::AddSegment(const Segment& segment) {
    const audio::StreamFormat& format = segment.format;
    Query(impl_->statements.Get(kAddSegment), segment.station, segment.take, segment.sequence,
          segment.path, Name(segment.state), segment.start, segment.end, segment.bytes,
          segment.frames, segment.samples, audio::Name(format.codec), format.version, format.layer,
          format.sample_rate, format.channels, segment.take_sample, format.setup,
          segment.setup_bytes, segment.object)
        .Run();
    return impl_->database.LastInsertId();
}

void Catalog::Update(std::span<const SegmentProgress> progress) {
    if (progress.empty()) return;
    Transaction transaction(impl_->database);
    for (const SegmentProgress& p : progress)
        if (WriteProgress(impl_->database, impl_->statements, p)) impl_->seek.Append(p.id, p.index);
    transaction.Commit();
}

void Catalog::Finish(const SegmentProgress& progress, std::string_view final_path) {
    if (!WriteProgress(impl_->database, impl_->statements, progress))
        throw SqliteError(SQLITE_CONSTRAINT,
                          "there is no segment " + std::to_string(progress.id) + " to close");
    impl_->seek.Append(progress.id, progress.index);
    Query(impl_->statements.Get(kGiveWay), progress.id, final_path).Run();
    Query(impl_->statements.Get(kClose), progress.id, final_path).Run();
}

void Catalog::Close(const SegmentProgress& progress, std::string_view final_path) {
    Transaction transaction(impl_->database);
    Finish(progress, final_path);
    transaction.Commit();
}

bool Catalog::SetPath(std::int64_t segment, std::string_view path) {
    Query(impl_->statements.Get(kSetPath), path, segment).Run();
    return impl_->database.Changes() > 0;
}

void Catalog::CloseMeasured(const SegmentProgress& whole, std::string_view final_path) {
    Transaction transaction(impl_->database);
    impl_->seek.Clear(whole.id);
    Finish(whole, final_path);
    transaction.Commit();
}

void Catalog::AddFailure(std::string_view station, const Failure& failure) {
    Query(impl_->statements.Get(kAddFailure), station, failure.at, failure.cause).Run();
}

void Catalog::ForgetFailures(std::string_view station, time::SysTime before) {
    Query(impl_->statements.Get(kForgetFailures), station, before).Run();
}

void Catalog::SetValue(std::string_view key, std::string_view value) {
    Query(impl_->statements.Get(kSetValue), key, value).Run();
}

void Catalog::RemoveValue(std::string_view key) {
    Query(impl_->statements.Get(kRemoveValue), key).Run();
}

}  // namespace aircheck::catalog
