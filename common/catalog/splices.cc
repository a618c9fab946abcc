// SPDX-License-Identifier: MIT
#include "common/catalog/blob.h"
#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

constexpr char kSetMarks[] =
    "INSERT INTO mark(segment, head, tail_begin, tail) "
    "SELECT id, ?2, ?3, ?4 FROM segment WHERE id = ?1 "
    "ON CONFLICT DO UPDATE SET head = iif(excluded.head = x'', head, excluded.head), "
    "tail_begin = iif(excluded.tail = x'', tail_begin, excluded.tail_begin), "
    "tail = iif(excluded.tail = x'', tail, excluded.tail)";
constexpr char kMarks[] = "SELECT head, tail_begin, tail FROM mark WHERE segment = ?";
constexpr char kAddSplice[] =
    "INSERT INTO splice(older, newer, at_us, exact, older_sample, newer_sample) "
    "SELECT ?1, ?2, ?3, ?4, ?5, ?6 "
    "WHERE (SELECT count(*) FROM take WHERE id IN (?1, ?2)) = 2 ON CONFLICT DO NOTHING";
constexpr char kSplicesInto[] =
    "SELECT older, newer, at_us, exact, older_sample, newer_sample FROM splice WHERE newer = ?";

constexpr std::size_t kMarkBytes = 8;

std::vector<std::byte> Encode(const audio::MarkRun& run) {
    std::vector<std::byte> blob;
    blob.reserve(run.marks.size() * kMarkBytes);
    for (const audio::FrameMark& mark : run.marks) {
        PutNumber(blob, mark.hash);
        PutNumber(blob, mark.samples);
    }
    return blob;
}

std::vector<audio::FrameMark> Decode(std::span<const std::byte> blob) {
    std::vector<audio::FrameMark> marks;
    for (; blob.size() >= kMarkBytes; blob = blob.subspan(kMarkBytes))
        marks.push_back(
            {GetNumber<std::uint32_t>(blob), GetNumber<std::uint32_t>(blob.subspan(4))});
    return marks;
}

}  // namespace

void Catalog::SetMarks(std::int64_t segment, const SegmentMarks& marks) {
    const auto head = Encode(marks.head);
    const auto tail = Encode(marks.tail);
    Query(impl_->statements.Get(kSetMarks), segment, std::span<const std::byte>(head),
          marks.tail.begin, std::span<const std::byte>(tail))
        .Run();
}

std::optional<SegmentMarks> Catalog::Marks(std::int64_t segment) const {
    Query query(impl_->statements.Get(kMarks), segment);
    if (!query.Step()) return std::nullopt;
    return SegmentMarks{{0, Decode(query.Blob(0))},
                        {query.Integer<std::uint64_t>(1), Decode(query.Blob(2))}};
}

audio::MarkRun Catalog::TailOfTake(std::string_view take) const {
    audio::MarkRun tail;
    const auto segments = SegmentsOfTake(take);
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
        if (segment->format.sample_rate != segments.back().format.sample_rate) break;
        const auto kept = Marks(segment->id);
        if (!kept || kept->tail.marks.empty()) break;
        const std::uint64_t begin = segment->take_sample + kept->tail.begin;
        if (!tail.marks.empty() && begin + kept->tail.Samples() != tail.begin) break;
        tail.begin = begin;
        tail.marks.insert(tail.marks.begin(), kept->tail.marks.begin(), kept->tail.marks.end());
        // Less than all of the segment: it is long enough.
        if (kept->tail.begin > 0) break;
    }
    return tail;
}

void Catalog::AddSplice(const Splice& splice) {
    Query(impl_->statements.Get(kAddSplice), splice.older, splice.newer, splice.at,
          splice.exact ? 1 : 0, splice.position.older, splice.position.newer)
        .Run();
}

std::vector<Splice> Catalog::SplicesInto(std::string_view newer) const {
    std::vector<Splice> splices;
    Query query(impl_->statements.Get(kSplicesInto), newer);
    while (query.Step())
        splices.push_back({query.Text(0),
                           query.Text(1),
                           query.Time(2),
                           query.Integer(3) != 0,
                           {query.Integer<std::uint64_t>(4), query.Integer<std::uint64_t>(5)}});
    return splices;
}

}  // namespace aircheck::catalog
