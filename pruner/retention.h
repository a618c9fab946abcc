// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/catalog_file.h"
#include "common/config/config.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "pruner/plan.h"

namespace aircheck::pruner {

enum class Scope {
    kAll,        // age and space
    kSpaceOnly,  // nothing to do unless a limit is exceeded
};

/// What one batch did.
struct Batch {
    std::vector<catalog::Segment> removed;
    bool more = false;  // the pass is not finished
};

/// Carries the plan out, a bounded batch at a time, so that recording is not disturbed. A pass is
/// as many batches as it takes. Blocks on the disk: for the worker thread.
///
/// The file goes first, then the row. Killed in between, a row is left whose file is gone; the
/// next pass finds it, because nothing else about it has changed, and removes it. The other way
/// round a file would be left that nobody knows of. A reader that has opened the file reads on;
/// one that has only seen the row finds no file, and shall treat that as a segment that is gone.
class Retention {
public:
    static constexpr std::size_t kBatchSize = 50;

    /// Bytes that are free on the file system of a folder.
    using FreeSpace = std::function<std::uint64_t(const std::filesystem::path&)>;

    /// `name` begins the lines in the log. `clock` outlives this.
    Retention(const config::Config& config, const time::Clock& clock, std::string name,
              FreeSpace free_space = MeasureFreeSpace);

    /// Logs what goes wrong and ends the pass with it; never throws.
    /// With a `station`, it alone is looked at, and what it is allowed itself.
    Batch Run(Scope scope, const std::string& station = {}) noexcept;

    /// Throws std::system_error.
    static std::uint64_t MeasureFreeSpace(const std::filesystem::path& folder);

private:
    struct Pass {
        std::uint64_t free_expected = 0;
        std::map<Reason, std::pair<int, std::uint64_t>> removed;  // count, bytes
    };

    Batch RunBatch(Scope scope, const std::string& station);
    DiskState LookAtDisk(const std::string& station);
    std::vector<catalog::Segment> Candidates(Scope scope, const DiskState& disk);
    void Remove(const catalog::Segment& segment);
    void LogPass(const DiskState& disk);

    const Rules rules_;
    const time::Clock& clock_;
    const std::string name_;
    const FreeSpace free_space_;
    const storage::Layout layout_;
    catalog::CatalogFile file_;
    catalog::Catalog* catalog_ = nullptr;  // of the batch that runs
    std::optional<Pass> pass_;
    std::set<std::string> strangers_;  // stations told of that are not configured
    bool limit_told_ = false;
};

}  // namespace aircheck::pruner
