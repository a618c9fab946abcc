// SPDX-License-Identifier: MIT
#include "pruner/mover.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/catalog/sqlite.h"
#include "common/config/cloud.h"
#include "common/log/log.h"
#include "common/storage/origin.h"
#include "common/util/error.h"

namespace aircheck::pruner {
namespace {

using catalog::Segment;
using cloud::CloudError;
using retention::Action;
using retention::Step;

/// Of each kind and station, as many are looked at in one batch.
constexpr std::size_t kLook = 50;

/// Objects of another machine that are deleted in one batch.
constexpr std::size_t kInheritedBatch = 200;

/// Names say when a segment begins, not when it ends; none is longer than this.
constexpr std::chrono::hours kLongestSegment{24};

/// Segments of one take can begin in the same second.
constexpr int kKeyAttempts = 60;

void Append(std::vector<Segment>& to, std::vector<Segment> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool IsOfCloud(const Step& step) {
    return step.action == Action::kUpload ||
           (step.action == Action::kDeleteEverywhere && !step.segment.object.empty());
}

}  // namespace

Mover::Mover(const config::Config& config, const time::Clock& clock, Shared& shared,
             Options options)
    : config_(config),
      clock_(clock),
      shared_(shared),
      options_(std::move(options)),
      rules_(config),
      layout_(config.storage),
      official_(config.cloud && config::IsOfficial(*config.cloud)),
      state_(clock, options_.name, options_.random),
      backups_(layout_, clock, options_.name, rules_.longest()),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

MoveBatch Mover::Run(Scope scope, const std::string& station) noexcept {
    MoveBatch batch;
    backups_.Keep();
    if (!config_.cloud) return batch;
    try {
        catalog_ = &file_.Get();
        if (const auto wait = state_.Wait(); wait.count() == 0)
            RunBatch(scope, station, batch);
        else
            batch.retry = wait;
    } catch (const CloudError& error) {
        unsure_ = true;
        if (error.kind() != CloudError::Kind::kStopped) {
            state_.Failed(error);
            batch.retry = state_.Wait();
        }
    } catch (const std::exception& error) {
        unsure_ = true;
        log::error("{}: cannot move recordings to the cloud: {}", options_.name,
                   util::DescribeException(error));
        file_.Failed(error);
    }
    shared_.uploading = 0;
    shared_.cloud_works = state_.works();
    if (!batch.more) {
        passed_over_.clear();
        read_ahead_.Drop();
    }
    batch.unsaved = CountUnsaved();
    batch.cloud = state_.word();
    batch.error = state_.error();
    batch.since = state_.since();
    return batch;
}

void Mover::RunBatch(Scope scope, const std::string& station, MoveBatch& batch) {
    if (origin_.empty()) origin_ = storage::Origin(layout_);
    if (!store_) {
        leases_.reset();
        store_ = options_.open();
        leases_.emplace(*store_, clock_, options_.machine, config::LeaseTime(*config_.cloud));
    }
    // A sign of life, whether or not there is anything to delete; and a look whether it works.
    if (scope == Scope::kAll || !state_.works()) {
        if (!state_.works()) leases_->Forget();
        MayDelete();
        state_.Worked();
        shared_.cloud_works = true;
    }
    auto steps = MakePlan(scope, station);
    std::erase_if(steps, [&](const Step& step) {
        return !IsOfCloud(step) || passed_over_.contains(step.segment.id);
    });
    const bool all = steps.size() < kLook;
    // What could not be stored last time shall not keep the others back.
    std::stable_partition(steps.begin(), steps.end(),
                          [&](const Step& step) { return step.segment.id != failed_; });
    batch.more = !RunSteps(steps, batch) || !all;
    if (!batch.more && scope == Scope::kAll && station.empty()) FinishPass(batch);
}

/// False if time was up before the last one.
bool Mover::RunSteps(const std::vector<Step>& steps, MoveBatch& batch) {
    const auto until = clock_.Steady() + options_.batch;
    for (std::span<const Step> left = steps; !left.empty(); left = left.subspan(1)) {
        const Step& step = left.front();
        if (shared_.quit || clock_.Steady() > until) return false;
        try {
            DoFirst(left, batch);
        } catch (const CloudError& error) {
            failed_ = step.segment.id;
            if (error.kind() != CloudError::Kind::kChanged) throw;
            passed_over_.insert(step.segment.id);
            log::warn("{}: {} is not moved: {}", options_.name, step.segment.path, error.what());
        } catch (const catalog::SqliteError&) {
            throw;
        } catch (const std::runtime_error& error) {
            passed_over_.insert(step.segment.id);
            log::warn("{}: {} is not moved: {}", options_.name, step.segment.path,
                      util::DescribeException(error));
        }
    }
    return true;
}

void Mover::FinishPass(MoveBatch& batch) {
    batch.bytes += backups_.Store(*store_, origin_, MayDelete());
    if (compared_ != file_.opened()) {
        batch.unknown = HasUnknown();
        compared_ = file_.opened();
    }
    if (official_) PruneInherited(batch);
}

std::vector<Step> Mover::MakePlan(Scope scope, const std::string& station) {
    retention::DiskState disk{catalog_->DiskUsage(), options_.free_space(layout_.root()),
                              state_.works()};
    if (!station.empty()) {
        std::erase_if(disk.used, [&](const auto& entry) { return entry.first != station; });
        disk.free = std::numeric_limits<std::uint64_t>::max() / 2;
    }
    auto candidates = FindCandidates(scope, station, disk);
    return Plan(rules_, clock_.Now(), disk, std::move(candidates));
}

Mover::Candidates Mover::FindCandidates(Scope scope, const std::string& station,
                                        const retention::DiskState& disk) const {
    Candidates candidates;
    const std::size_t look = kLook + passed_over_.size();
    const bool is_short = rules_.Exceeded(disk) || disk.free < rules_.reserve();
    for (const auto& [name, bytes] : disk.used) {
        const auto& rule = rules_.Of(name);
        if (scope == Scope::kAll) {
            Append(candidates, catalog_->UnsavedBefore(name, clock_.Now() - rule.disk, look));
            Append(candidates, catalog_->SavedBefore(name, clock_.Now() - rule.archive, look));
        }
        if (is_short) Append(candidates, catalog_->UnsavedBefore(name, clock_.Now(), look));
    }
    if (is_short) Append(candidates, catalog_->OldestSaved(station, look));
    return candidates;
}

void Mover::DoFirst(std::span<const Step> steps, MoveBatch& batch) {
    if (steps.front().action == Action::kUpload)
        UploadFirst(steps, batch);
    else
        EndSegment(steps.front().segment, batch);
}

/// Every key is one segment's: a file that was renamed may have left its name to another one, but
/// its object keeps it.
std::string Mover::KeyFor(const Segment& segment) const {
    const std::string key = storage::ObjectKey(origin_, segment.path);
    auto name = storage::ParseObjectKey(origin_, key);
    if (!name) throw std::runtime_error("the catalog has a path that is no segment's");
    for (int attempt = 0; attempt < kKeyAttempts; ++attempt) {
        auto free = storage::ObjectKey(origin_, storage::Layout::RelativeSegmentPath(*name));
        const auto taken = catalog_->FindObject(free);
        if (!taken || taken->id == segment.id) return free;
        name->start += std::chrono::seconds{1};
    }
    throw std::runtime_error("the keys of its time are taken");
}

void Mover::UploadFirst(std::span<const Step> steps, MoveBatch& batch) {
    const Segment& planned = steps.front().segment;
    shared_.uploading = planned.id;
    // It may have been removed or renamed since.
    const auto segment = catalog_->FindSegment(planned.id);
    if (!segment || segment->state != catalog::SegmentState::kClosed || !segment->object.empty())
        return;
    const std::string key = KeyFor(*segment);
    Check();
    const auto file = read_ahead_.Take(layout_.Resolve(segment->path), segment->bytes);
    const auto rest = steps.subspan(1);
    const auto next = std::ranges::find(rest, Action::kUpload, &Step::action);
    if (next != rest.end())
        read_ahead_.Begin(layout_.Resolve(next->segment.path), next->segment.bytes);
    Upload(*store_, key, *file, std::exchange(unsure_, false) || segment->id == failed_);
    state_.Worked();
    shared_.cloud_works = true;
    Check();
    if (!catalog_->SetObject(segment->id, key)) return store_->Remove(key);
    Check();
    batch.uploaded.push_back(*segment);
    batch.uploaded.back().object = key;
    batch.bytes += segment->bytes;
    shared_.uploading = 0;
}

void Mover::EndSegment(const Segment& segment, MoveBatch& batch) {
    // The file goes first, and that is not done here.
    if (segment.state != catalog::SegmentState::kUploaded || !MayDelete()) {
        passed_over_.insert(segment.id);
        return;
    }
    Check();
    store_->Remove(segment.object);
    Check();
    catalog_->RemoveSegment(segment, catalog::RemovalCause::kAge);
    Check();
    batch.bytes += segment.bytes;
    batch.removed.push_back(segment);
}

bool Mover::MayDelete() {
    if (leases_->Hold(origin_)) {
        told_of_other_ = false;
        return true;
    }
    if (!std::exchange(told_of_other_, true))
        log::warn(
            "{}: {} ({}) looks after what this storage has in the cloud: nothing is deleted "
            "there until that has not been heard of for a while",
            options_.name, leases_->other().name, leases_->other().holder);
    return false;
}

/// What has a file here is compared before it is stored.
bool Mover::IsHere(const storage::SegmentName& name) const {
    const auto path = storage::Layout::RelativeSegmentPath(name);
    std::error_code ignored;
    return catalog_->FindSegment(path) && std::filesystem::exists(layout_.Resolve(path), ignored);
}

/// Whether a catalog was made anew, or restored, and lacks segments.
bool Mover::HasUnknown() {
    bool unknown = false;
    store_->List(storage::ObjectKey(origin_, ""), [&](const cloud::ObjectInfo& object) {
        const auto name = storage::ParseObjectKey(origin_, object.key);
        unknown = name && !catalog_->FindObject(object.key) && !IsHere(*name);
        return !unknown && !shared_.quit;
    });
    return unknown;
}

void Mover::PruneInherited(MoveBatch& batch) {
    for (const std::string& origin : leases_->Inherit(origin_)) {
        if (shared_.quit) return;
        backups_.Prune(*store_, origin);
        if (PruneOrigin(origin, batch)) batch.more = true;
    }
}

/// Whether there is more to delete.
bool Mover::PruneOrigin(const std::string& origin, MoveBatch& batch) {
    std::vector<cloud::ObjectInfo> old;
    store_->List(origin + "/", [&](const cloud::ObjectInfo& object) {
        const auto name = storage::ParseObjectKey(origin, object.key);
        const auto& rule = rules_.Of(name ? name->station : "");
        if (name && name->start + kLongestSegment < clock_.Now() - rule.archive)
            old.push_back(object);
        return old.size() < kInheritedBatch && !shared_.quit;
    });
    for (const cloud::ObjectInfo& object : old) {
        if (shared_.quit) return false;
        store_->Remove(object.key);
        batch.bytes += object.bytes;
    }
    if (!old.empty())
        log::info(
            "{}: {} objects of {}, whose machine has not been heard of, were too old and are "
            "deleted",
            options_.name, old.size(), origin);
    return old.size() >= kInheritedBatch;
}

std::uint64_t Mover::CountUnsaved() noexcept {
    std::uint64_t bytes = 0;
    try {
        catalog_ = &file_.Get();
        for (const auto& [station, used] : catalog_->DiskUsage())
            bytes += catalog_->UnsavedBytesBefore(station, clock_.Now() - rules_.Of(station).disk);
    } catch (const std::exception& error) {
        file_.Failed(error);
    }
    return bytes;
}

void Mover::Check() const {
    if (options_.checkpoint) options_.checkpoint();
}

}  // namespace aircheck::pruner
