// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/catalog_file.h"
#include "common/cloud/object_store.h"
#include "common/config/config.h"
#include "common/retention/plan.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "pruner/backups.h"
#include "pruner/cloud_state.h"
#include "pruner/leases.h"
#include "pruner/scope.h"
#include "pruner/upload.h"

namespace aircheck::pruner {

/// What the pruner's two threads tell each other. Any thread.
struct Shared {
    std::atomic<bool> quit = false;
    std::atomic<bool> cloud_works = true;
    std::atomic<std::int64_t> uploading = 0;  // the segment that is, which nobody removes meanwhile
};

/// What one batch did.
struct MoveBatch {
    std::vector<catalog::Segment> uploaded;
    std::vector<catalog::Segment> removed;           // at the end of `cloud_archive`
    std::uint64_t bytes = 0;                         // of these and of backups
    bool more = false;                               // the pass is not finished
    std::optional<std::chrono::milliseconds> retry;  // the cloud does not work: leave it alone
    bool unknown = false;  // the cloud has what a new catalog does not know

    // How things are now.
    std::string cloud;  // "" where there is none
    std::string error;
    std::optional<time::SysTime> since;
    std::uint64_t unsaved = 0;  // bytes that wait
};

/// Carries out what the plan wants of the cloud, and keeps backups of the catalog. What goes from
/// this disk is Retention's. Blocks on the cloud for as long as that takes: a thread of its own.
///
///   1. The object is stored, and verified by its size and checksum.
///   2. The row gets its key.
///   3. Retention marks the row as uploaded, and deletes the file.
///   4. In the end the object is deleted, then the row.
///
/// Killed at any instant, the next pass goes on from what it finds: an object without its row's key
/// is compared, and stored again if it is another; a row without its object goes.
class Mover {
public:
    /// Opens the configured store; nullptr where there is none.
    using Open = std::function<std::unique_ptr<cloud::ObjectStore>()>;

    struct Options {
        std::string name = "pruner-0";
        Open open;
        std::function<double()> random;  // from [0, 1)
        Leases::Machine machine;
        std::chrono::milliseconds batch{2'000};  // about as long as one batch takes
        std::function<std::uint64_t(const std::filesystem::path&)> free_space;
        Checkpoint checkpoint;
    };

    /// All outlive this.
    Mover(const config::Config& config, const time::Clock& clock, Shared& shared, Options options);

    /// Logs what goes wrong and ends the pass with it; never throws. With a `station`, its segments
    /// alone are looked at.
    MoveBatch Run(Scope scope, const std::string& station) noexcept;

    /// Somebody is waiting for it: the cloud need not be left alone any longer.
    void TryNow() { state_.TryNow(); }

private:
    using Candidates = std::vector<catalog::Segment>;

    void RunBatch(Scope scope, const std::string& station, MoveBatch& batch);
    bool RunSteps(const std::vector<retention::Step>& steps, MoveBatch& batch);
    void FinishPass(MoveBatch& batch);
    std::vector<retention::Step> MakePlan(Scope scope, const std::string& station);
    Candidates FindCandidates(Scope scope, const std::string& station,
                              const retention::DiskState& disk) const;
    void DoFirst(std::span<const retention::Step> steps, MoveBatch& batch);
    void UploadFirst(std::span<const retention::Step> steps, MoveBatch& batch);
    void EndSegment(const catalog::Segment& segment, MoveBatch& batch);
    std::string KeyFor(const catalog::Segment& segment) const;
    bool MayDelete();
    bool HasUnknown();
    bool IsHere(const storage::SegmentName& name) const;
    void PruneInherited(MoveBatch& batch);
    bool PruneOrigin(const std::string& origin, MoveBatch& batch);
    std::uint64_t CountUnsaved() noexcept;
    void Check() const;

    const config::Config& config_;
    const time::Clock& clock_;
    Shared& shared_;
    const Options options_;
    const retention::Rules rules_;
    const storage::Layout layout_;
    const bool official_;
    CloudState state_;
    Backups backups_;
    catalog::CatalogFile file_;
    catalog::Catalog* catalog_ = nullptr;  // of the batch that runs
    std::unique_ptr<cloud::ObjectStore> store_;
    std::optional<Leases> leases_;
    std::string origin_;
    std::set<std::int64_t> passed_over_;  // in this pass
    bool unsure_ = true;                  // an earlier attempt may have stored something
    std::int64_t failed_ = 0;             // the segment that was not stored for the cloud's sake
    ReadAhead read_ahead_;
    bool told_of_other_ = false;
    int compared_ = 0;  // which of the catalogs that have been opened, with the cloud
};

}  // namespace aircheck::pruner
