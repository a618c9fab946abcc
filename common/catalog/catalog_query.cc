// SPDX-License-Identifier: MIT
#include <utility>

#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

// `SELECT *` gives the columns in the schema's order; migrations only ever add some at the end.
constexpr char kSegmentById[] = "SELECT * FROM segment WHERE id = ?";
constexpr char kSegmentByPath[] = "SELECT * FROM segment WHERE path = ?";
// No segment is longer than the station's longest, which bounds the search on the left as well.
constexpr char kSegmentsBetween[] =
    "SELECT * FROM segment WHERE station = ?1 "
    "AND start_us > ?2 - (SELECT longest_us FROM station WHERE name = ?1) AND start_us < ?3 "
    "AND end_us > ?2 AND samples > 0 ORDER BY start_us, end_us, id";
constexpr char kAllSegments[] = "SELECT * FROM segment ORDER BY start_us, end_us, id";
constexpr char kSegmentsOfStation[] =
    "SELECT * FROM segment WHERE station = ? ORDER BY start_us, end_us, id";
constexpr char kOpenSegments[] =
    "SELECT * FROM segment WHERE state = 'open' ORDER BY station, start_us, id";
constexpr char kOpenSegmentsOfStation[] =
    "SELECT * FROM segment WHERE state = 'open' AND station = ? ORDER BY start_us, id";
constexpr char kSegmentBefore[] =
    "SELECT * FROM segment WHERE station = ? AND end_us <= ? AND samples > 0 "
    "ORDER BY end_us DESC, id DESC LIMIT 1";
constexpr char kSegmentAfter[] =
    "SELECT * FROM segment WHERE station = ? AND start_us >= ? AND samples > 0 "
    "ORDER BY start_us, end_us, id LIMIT 1";
constexpr char kSegmentsOfTake[] = "SELECT * FROM segment WHERE take = ? ORDER BY sequence, id";
constexpr char kClosedBefore[] =
    "SELECT * FROM segment WHERE station = ? AND end_us < ? AND state = 'closed' "
    "ORDER BY end_us, id LIMIT ?";
constexpr char kOldestClosed[] =
    "SELECT * FROM segment WHERE state = 'closed' ORDER BY start_us, id LIMIT ?";
constexpr char kOldestClosedOfStation[] =
    "SELECT * FROM segment WHERE station = ? AND state = 'closed' "
    "ORDER BY start_us, end_us, id LIMIT ?";
constexpr char kUnheard[] =
    "SELECT * FROM segment WHERE state = 'closed' AND heard = 0 ORDER BY start_us DESC LIMIT ?";
constexpr char kSegmentByObject[] = "SELECT * FROM segment WHERE object = ? AND object <> ''";
constexpr char kUnsavedBefore[] =
    "SELECT * FROM segment WHERE station = ? AND end_us < ? AND state = 'closed' AND object = '' "
    "ORDER BY end_us, id LIMIT ?";
constexpr char kOldestSaved[] =
    "SELECT * FROM segment WHERE state = 'closed' AND object <> '' ORDER BY start_us, id LIMIT ?";
constexpr char kOldestSavedOfStation[] =
    "SELECT * FROM segment WHERE station = ? AND state = 'closed' AND object <> '' "
    "ORDER BY start_us, id LIMIT ?";
constexpr char kSavedBefore[] =
    "SELECT * FROM segment WHERE station = ? AND end_us < ? AND object <> '' "
    "ORDER BY end_us, id LIMIT ?";
constexpr char kUnsavedBytesBefore[] =
    "SELECT sum(bytes) FROM segment WHERE station = ? AND end_us < ? AND state = 'closed' "
    "AND object = ''";
constexpr char kTakeById[] = "SELECT * FROM take WHERE id = ?";
constexpr char kUnendedTakes[] = "SELECT * FROM take WHERE station = ? AND ended_us IS NULL";
constexpr char kTakesEndedSince[] = "SELECT * FROM take WHERE ended_us >= ?";
constexpr char kFailuresBetween[] =
    "SELECT at_us, cause FROM failure WHERE station = ? AND at_us >= ? AND at_us < ? "
    "ORDER BY at_us, id";
constexpr char kDiskUsage[] = "SELECT name, disk_bytes FROM station";
constexpr char kValue[] = "SELECT value FROM kv WHERE key = ?";
constexpr char kValues[] = "SELECT key, value FROM kv ORDER BY key";

SegmentState StateFromName(std::string_view name) {
    if (name == "open") return SegmentState::kOpen;
    return name == "closed" ? SegmentState::kClosed : SegmentState::kUploaded;
}

Segment ReadSegment(const Query& row) {
    Segment segment;
    segment.id = row.Integer(0);
    segment.station = row.Text(1);
    segment.take = row.Text(2);
    segment.sequence = row.Integer<int>(3);
    segment.path = row.Text(4);
    segment.state = StateFromName(row.Text(5));
    segment.start = row.Time(6);
    segment.end = row.Time(7);
    segment.bytes = row.Integer<std::uint64_t>(8);
    segment.frames = row.Integer<std::uint64_t>(9);
    segment.samples = row.Integer<std::uint64_t>(10);
    segment.format.codec = audio::CodecFromName(row.Text(11)).value_or(audio::Codec::kMpeg);
    segment.format.version = row.Integer<std::uint8_t>(12);
    segment.format.layer = row.Integer<std::uint8_t>(13);
    segment.format.sample_rate = row.Integer<std::uint32_t>(14);
    segment.format.channels = row.Integer<std::uint8_t>(15);
    segment.take_sample = row.Integer<std::uint64_t>(16);
    segment.format.setup = row.Integer<std::uint32_t>(17);
    segment.setup_bytes = row.Integer<std::uint64_t>(18);
    segment.object = row.Text(19);
    return segment;
}

Take ReadTake(const Query& row) {
    Take take{row.Text(0), row.Text(1), row.Text(2), row.Time(3), std::nullopt, row.Text(5)};
    if (!row.IsNull(4)) take.ended = row.Time(4);
    return take;
}

template <typename... Values>
std::vector<Segment> Segments(StatementCache& statements, const char* sql,
                              const Values&... values) {
    std::vector<Segment> segments;
    Query query(statements.Get(sql), values...);
    while (query.Step()) segments.push_back(ReadSegment(query));
    return segments;
}

template <typename... Values>
std::optional<Segment> OneSegment(StatementCache& statements, const char* sql,
                                  const Values&... values) {
    Query query(statements.Get(sql), values...);
    if (!query.Step()) return std::nullopt;
    return ReadSegment(query);
}

}  // namespace

std::optional<Segment> Catalog::FindSegment(std::int64_t id) const {
    return OneSegment(impl_->statements, kSegmentById, id);
}

std::optional<Segment> Catalog::FindSegment(std::string_view path) const {
    return OneSegment(impl_->statements, kSegmentByPath, path);
}

std::vector<Segment> Catalog::SegmentsBetween(std::string_view station, time::SysTime from,
                                              time::SysTime to) const {
    return Segments(impl_->statements, kSegmentsBetween, station, from, to);
}

std::vector<Segment> Catalog::AllSegments(std::string_view station) const {
    if (station.empty()) return Segments(impl_->statements, kAllSegments);
    return Segments(impl_->statements, kSegmentsOfStation, station);
}

std::vector<Segment> Catalog::OpenSegments(std::string_view station) const {
    if (station.empty()) return Segments(impl_->statements, kOpenSegments);
    return Segments(impl_->statements, kOpenSegmentsOfStation, station);
}

std::optional<Segment> Catalog::SegmentBefore(std::string_view station, time::SysTime t) const {
    return OneSegment(impl_->statements, kSegmentBefore, station, t);
}

std::optional<Segment> Catalog::SegmentAfter(std::string_view station, time::SysTime t) const {
    return OneSegment(impl_->statements, kSegmentAfter, station, t);
}

std::optional<IndexEntry> Catalog::FindIndexEntry(std::int64_t segment,
                                                  std::uint64_t sample) const {
    return impl_->seek.Find(segment, sample);
}

std::vector<IndexEntry> Catalog::Index(std::int64_t segment) const {
    return impl_->seek.All(segment);
}

std::optional<Take> Catalog::FindTake(std::string_view id) const {
    Query query(impl_->statements.Get(kTakeById), id);
    if (!query.Step()) return std::nullopt;
    return ReadTake(query);
}

std::vector<Take> Catalog::UnendedTakes(std::string_view station) const {
    std::vector<Take> takes;
    Query query(impl_->statements.Get(kUnendedTakes), station);
    while (query.Step()) takes.push_back(ReadTake(query));
    return takes;
}

std::vector<Take> Catalog::TakesEndedSince(time::SysTime since) const {
    std::vector<Take> takes;
    Query query(impl_->statements.Get(kTakesEndedSince), since);
    while (query.Step()) takes.push_back(ReadTake(query));
    return takes;
}

std::vector<Failure> Catalog::FailuresBetween(std::string_view station, time::SysTime from,
                                              time::SysTime to) const {
    std::vector<Failure> failures;
    Query query(impl_->statements.Get(kFailuresBetween), station, from, to);
    while (query.Step()) failures.push_back({query.Time(0), query.Text(1)});
    return failures;
}

std::vector<Segment> Catalog::SegmentsOfTake(std::string_view take) const {
    return Segments(impl_->statements, kSegmentsOfTake, take);
}

std::vector<Segment> Catalog::ClosedBefore(std::string_view station, time::SysTime cutoff,
                                           std::size_t limit) const {
    return Segments(impl_->statements, kClosedBefore, station, cutoff, limit);
}

std::vector<Segment> Catalog::OldestClosed(std::string_view station, std::size_t limit) const {
    if (station.empty()) return Segments(impl_->statements, kOldestClosed, limit);
    return Segments(impl_->statements, kOldestClosedOfStation, station, limit);
}

std::vector<Segment> Catalog::Unheard(std::size_t limit) const {
    return Segments(impl_->statements, kUnheard, limit);
}

std::optional<Segment> Catalog::FindObject(std::string_view key) const {
    return OneSegment(impl_->statements, kSegmentByObject, key);
}

std::vector<Segment> Catalog::UnsavedBefore(std::string_view station, time::SysTime cutoff,
                                            std::size_t limit) const {
    return Segments(impl_->statements, kUnsavedBefore, station, cutoff, limit);
}

std::vector<Segment> Catalog::OldestSaved(std::string_view station, std::size_t limit) const {
    if (station.empty()) return Segments(impl_->statements, kOldestSaved, limit);
    return Segments(impl_->statements, kOldestSavedOfStation, station, limit);
}

std::vector<Segment> Catalog::SavedBefore(std::string_view station, time::SysTime cutoff,
                                          std::size_t limit) const {
    return Segments(impl_->statements, kSavedBefore, station, cutoff, limit);
}

std::uint64_t Catalog::UnsavedBytesBefore(std::string_view station, time::SysTime cutoff) const {
    Query query(impl_->statements.Get(kUnsavedBytesBefore), station, cutoff);
    return query.Step() ? query.Integer<std::uint64_t>(0) : 0;
}

std::map<std::string, std::uint64_t> Catalog::DiskUsage() const {
    std::map<std::string, std::uint64_t> usage;
    Query query(impl_->statements.Get(kDiskUsage));
    while (query.Step()) usage.emplace(query.Text(0), query.Integer<std::uint64_t>(1));
    return usage;
}

std::optional<std::string> Catalog::Value(std::string_view key) const {
    Query query(impl_->statements.Get(kValue), key);
    if (!query.Step()) return std::nullopt;
    return query.Text(0);
}

std::vector<std::pair<std::string, std::string>> Catalog::Values() const {
    std::vector<std::pair<std::string, std::string>> values;
    Query query(impl_->statements.Get(kValues));
    while (query.Step()) values.emplace_back(query.Text(0), query.Text(1));
    return values;
}

}  // namespace aircheck::catalog
