// SPDX-License-Identifier: MIT
// How loud segments are.
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "common/catalog/catalog_impl.h"

namespace aircheck::catalog {
namespace {

using audio::kUnknownLevel;
using audio::Level;

constexpr std::size_t kPerOutline = 100;
constexpr std::size_t kPerMinute = 600;
constexpr std::size_t kOutlinesPerMinute = kPerMinute / kPerOutline;
constexpr std::size_t kOutlineBytes = 2;

constexpr char kMinute[] = "SELECT levels FROM loudness WHERE segment = ? AND minute = ?";
constexpr char kMinutes[] =
    "SELECT minute, levels FROM loudness WHERE segment = ? AND minute >= ? AND minute <= ? "
    "ORDER BY minute";
constexpr char kLastMinute[] =
    "SELECT minute, levels FROM loudness WHERE segment = ? ORDER BY minute DESC LIMIT 1";
constexpr char kSetMinute[] =
    "INSERT INTO loudness(segment, minute, levels) VALUES (?, ?, ?) "
    "ON CONFLICT DO UPDATE SET levels = excluded.levels";
constexpr char kOutline[] = "SELECT levels FROM outline WHERE segment = ?";
constexpr char kSetOutline[] =
    "INSERT INTO outline(segment, levels) VALUES (?, ?) "
    "ON CONFLICT DO UPDATE SET levels = excluded.levels";
constexpr char kSetHeard[] = "UPDATE segment SET heard = 1 WHERE id = ?";
constexpr char kHeard[] = "SELECT heard FROM segment WHERE id = ?";

std::span<const std::byte> Bytes(const std::vector<Level>& levels) {
    return std::as_bytes(std::span(levels));
}

Level LevelAt(std::span<const std::byte> blob, std::size_t at) {
    return at < blob.size() ? std::to_integer<Level>(blob[at]) : kUnknownLevel;
}

LevelOutline OutlineOf(std::span<const Level> levels) {
    LevelOutline outline;
    double sum = 0;
    std::size_t known = 0;
    for (const Level level : levels) {
        if (level == kUnknownLevel) continue;
        outline.loudest = std::min(outline.loudest, level);
        sum += audio::MeanSquare(level);
        ++known;
    }
    if (known > 0) outline.mean = audio::LevelOf(sum / static_cast<double>(known));
    return outline;
}

/// Puts `part` into `whole` from `at` on; what lies between is not known.
void Place(std::vector<Level>& whole, std::size_t at, std::span<const Level> part) {
    whole.resize(std::max(whole.size(), at + part.size()), kUnknownLevel);
    std::ranges::copy(part, whole.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

/// The levels are those of one minute, from its `at` on.
void Catalog::SetMinute(std::int64_t segment, std::size_t minute, std::size_t at,
                        std::span<const Level> levels) {
    std::vector<Level> whole;
    if (Query query(impl_->statements.Get(kMinute), segment, minute); query.Step())
        for (const std::byte level : query.Blob(0)) whole.push_back(std::to_integer<Level>(level));
    Place(whole, at, levels);
    Query(impl_->statements.Get(kSetMinute), segment, minute, Bytes(whole)).Run();

    std::vector<Level> outline;
    if (Query query(impl_->statements.Get(kOutline), segment); query.Step())
        for (const std::byte level : query.Blob(0))
            outline.push_back(std::to_integer<Level>(level));
    std::vector<Level> part;
    for (std::size_t begin = 0; begin < whole.size(); begin += kPerOutline) {
        const auto ten =
            std::span(whole).subspan(begin, std::min(kPerOutline, whole.size() - begin));
        const LevelOutline glance = OutlineOf(ten);
        part.insert(part.end(), {glance.loudest, glance.mean});
    }
    Place(outline, minute * kOutlinesPerMinute * kOutlineBytes, part);
    Query(impl_->statements.Get(kSetOutline), segment, Bytes(outline)).Run();
}

void Catalog::SetLevels(std::span<const SegmentLevels> all) {
    if (all.empty()) return;
    Transaction transaction(impl_->database);
    for (const SegmentLevels& news : all) {
        if (!FindSegment(news.id)) continue;
        std::size_t number = news.first;
        for (std::span<const Level> left(news.levels); !left.empty();) {
            const std::size_t at = number % kPerMinute;
            const std::size_t count = std::min(left.size(), kPerMinute - at);
            SetMinute(news.id, number / kPerMinute, at, left.first(count));
            left = left.subspan(count);
            number += count;
        }
        if (news.complete) Query(impl_->statements.Get(kSetHeard), news.id).Run();
    }
    transaction.Commit();
}

bool Catalog::Heard(std::int64_t segment) const {
    Query query(impl_->statements.Get(kHeard), segment);
    return !query.Step() || query.Integer(0) != 0;
}

std::vector<Level> Catalog::Levels(std::int64_t segment, std::size_t first,
                                   std::size_t count) const {
    std::vector<Level> levels;
    if (count == 0) return levels;
    const std::size_t last = first + count - 1;
    Query query(impl_->statements.Get(kMinutes), segment, first / kPerMinute, last / kPerMinute);
    while (query.Step()) {
        const auto begin = query.Integer<std::size_t>(0) * kPerMinute;
        const auto blob = query.Blob(1);
        const std::size_t end = std::min(begin + blob.size(), last + 1);
        if (end <= first) continue;
        levels.resize(end - first, kUnknownLevel);
        for (std::size_t at = std::max(begin, first); at < end; ++at)
            levels[at - first] = LevelAt(blob, at - begin);
    }
    return levels;
}

std::size_t Catalog::LevelCount(std::int64_t segment) const {
    Query query(impl_->statements.Get(kLastMinute), segment);
    return query.Step() ? query.Integer<std::size_t>(0) * kPerMinute + query.Blob(1).size() : 0;
}

std::vector<LevelOutline> Catalog::Outline(std::int64_t segment) const {
    std::vector<LevelOutline> outlines;
    Query query(impl_->statements.Get(kOutline), segment);
    if (!query.Step()) return outlines;
    const auto blob = query.Blob(0);
    for (std::size_t at = 0; at + 1 < blob.size(); at += kOutlineBytes)
        outlines.push_back({LevelAt(blob, at), LevelAt(blob, at + 1)});
    return outlines;
}

}  // namespace aircheck::catalog
