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
#include "common/retention/plan.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "pruner/mover.h"
#include "pruner/scope.h"

namespace aircheck::pruner {

/// What one batch did.
struct Batch {
    std::vector<catalog::Segment> removed;  // for good
    std::vector<catalog::Segment> freed;    // from this disk; they are in the cloud
    bool more = false;                      // the pass is not finished
};

/// Carries out what the plan wants of this disk, a bounded batch at a time, so that recording is
/// not disturbed. A pass is as many batches as it takes. Blocks on the disk: for the worker thread.
///
/// Of what is nowhere else, the file goes first, then the row. Killed in between, a row is left
/// whose file is gone; the next pass finds it, because nothing else about it has changed, and
/// removes it. The other way round a file would be left that nobody knows of. Of what is in the
/// cloud, the row says so first; a file that is left behind then is found when the next process
/// begins. A reader that has opened the file reads on; one that has only seen the row finds no
/// file, and shall look at the row again.
class Retention {
public:
    static constexpr std::size_t kBatchSize = 50;

    /// Bytes that are free on the file system of a folder.
    using FreeSpace = std::function<std::uint64_t(const std::filesystem::path&)>;

    /// `name` begins the lines in the log. `clock` and `shared` outlive this.
    Retention(const config::Config& config, const time::Clock& clock, Shared& shared,
              std::string name, FreeSpace free_space = retention::MeasureFreeSpace,
              Checkpoint checkpoint = {});

    /// Logs what goes wrong and ends the pass with it; never throws.
    /// With a `station`, it alone is looked at, and what it is allowed itself.
    Batch Run(Scope scope, const std::string& station = {}) noexcept;

private:
    using Kind = std::pair<retention::Action, retention::Reason>;
    struct Pass {
        std::uint64_t free_expected = 0;
        std::map<Kind, std::pair<int, std::uint64_t>> done;  // count, bytes
    };

    Batch RunBatch(Scope scope, const std::string& station);
    retention::DiskState LookAtDisk(const std::string& station);
    std::vector<catalog::Segment> Candidates(Scope scope, const std::string& station,
                                             const retention::DiskState& disk);
    bool IsOurs(const retention::Step& step) const;
    void Do(const retention::Step& step, Batch& batch);
    void DeleteFile(const catalog::Segment& segment) const;
    void DropLeftovers();
    void LogPass(const retention::DiskState& disk);
    void Check() const;

    const retention::Rules rules_;
    const time::Clock& clock_;
    Shared& shared_;
    const std::string name_;
    const FreeSpace free_space_;
    const Checkpoint checkpoint_;
    const storage::Layout layout_;
    catalog::CatalogFile file_;
    catalog::Catalog* catalog_ = nullptr;  // of the batch that runs
    std::optional<Pass> pass_;
    std::set<std::string> strangers_;  // stations told of that are not configured
    bool limit_told_ = false;
    bool dropped_leftovers_ = false;
};

}  // namespace aircheck::pruner
