// SPDX-License-Identifier: MIT
#include "common/catalog/seek_index.h"

#include <algorithm>
#include <array>
#include <limits>

#include "common/catalog/blob.h"

namespace aircheck::catalog {
namespace {

constexpr std::size_t kEntryBytes = 16;

/// SQLite's integers are signed.
constexpr std::uint64_t kLastSample = std::numeric_limits<std::int64_t>::max();

constexpr char kChunkAt[] =
    "SELECT entries FROM seek WHERE segment = ? AND first_sample <= ? "
    "ORDER BY first_sample DESC LIMIT 1";
constexpr char kChunks[] = "SELECT entries FROM seek WHERE segment = ? ORDER BY first_sample";
constexpr char kWrite[] =
    "INSERT INTO seek(segment, first_sample, entries) VALUES (?, ?, ?) "
    "ON CONFLICT DO UPDATE SET entries = excluded.entries";
constexpr char kClear[] = "DELETE FROM seek WHERE segment = ?";

void AppendDecoded(std::vector<IndexEntry>& entries, std::span<const std::byte> blob) {
    for (; blob.size() >= kEntryBytes; blob = blob.subspan(kEntryBytes))
        entries.push_back(
            {GetNumber<std::uint64_t>(blob), GetNumber<std::uint64_t>(blob.subspan(8))});
}

}  // namespace

std::vector<IndexEntry> SeekIndex::LastChunk(std::int64_t segment) {
    std::vector<IndexEntry> entries;
    Query query(statements_.Get(kChunkAt), segment, kLastSample);
    if (query.Step()) AppendDecoded(entries, query.Blob(0));
    return entries;
}

void SeekIndex::WriteChunk(std::int64_t segment, std::span<const IndexEntry> entries) {
    std::vector<std::byte> blob;
    blob.reserve(entries.size() * kEntryBytes);
    for (const IndexEntry& entry : entries) {
        PutNumber(blob, entry.sample);
        PutNumber(blob, entry.offset);
    }
    Query(statements_.Get(kWrite), segment, entries.front().sample,
          std::span<const std::byte>(blob))
        .Run();
}

void SeekIndex::Append(std::int64_t segment, std::span<const IndexEntry> entries) {
    if (entries.empty()) return;
    std::vector<IndexEntry> chunk = LastChunk(segment);
    bool changed = false;
    for (const IndexEntry& entry : entries) {
        if (!chunk.empty() && entry.sample <= chunk.back().sample) continue;
        if (chunk.size() >= kChunkEntries) {
            if (changed) WriteChunk(segment, chunk);
            chunk.clear();
        }
        chunk.push_back(entry);
        changed = true;
    }
    if (changed) WriteChunk(segment, chunk);
}

void SeekIndex::Clear(std::int64_t segment) {
    Query(statements_.Get(kClear), segment).Run();
}

std::optional<IndexEntry> SeekIndex::Find(std::int64_t segment, std::uint64_t sample) {
    std::vector<IndexEntry> chunk;
    Query query(statements_.Get(kChunkAt), segment, std::min(sample, kLastSample));
    if (query.Step()) AppendDecoded(chunk, query.Blob(0));
    const auto after = std::ranges::upper_bound(chunk, sample, {}, &IndexEntry::sample);
    if (after == chunk.begin()) return std::nullopt;
    return *std::prev(after);
}

std::vector<IndexEntry> SeekIndex::All(std::int64_t segment) {
    std::vector<IndexEntry> entries;
    Query query(statements_.Get(kChunks), segment);
    while (query.Step()) AppendDecoded(entries, query.Blob(0));
    return entries;
}

}  // namespace aircheck::catalog
