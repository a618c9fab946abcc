// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/catalog/query.h"
#include "common/catalog/rows.h"

namespace aircheck::catalog {

/// The sparse index of segments: table `seek`, a row for every `kChunkEntries` entries, so that
/// adding one rewrites a kilobyte at most and finding one reads one row. schema.md has the format.
/// Runs inside the caller's transaction.
class SeekIndex {
public:
    static constexpr std::size_t kChunkEntries = 60;

    explicit SeekIndex(StatementCache& statements) : statements_(statements) {}

    /// Entries that do not lie behind the last one are passed over.
    void Append(std::int64_t segment, std::span<const IndexEntry> entries);
    void Clear(std::int64_t segment);

    std::optional<IndexEntry> Find(std::int64_t segment, std::uint64_t sample);
    std::vector<IndexEntry> All(std::int64_t segment);

private:
    std::vector<IndexEntry> LastChunk(std::int64_t segment);
    void WriteChunk(std::int64_t segment, std::span<const IndexEntry> entries);

    StatementCache& statements_;
};

}  // namespace aircheck::catalog
