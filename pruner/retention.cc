// SPDX-License-Identifier: MIT
#include "pruner/retention.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "common/archive/stream_files.h"
#include "common/log/log.h"
#include "common/storage/cache_folder.h"
#include "common/util/error.h"
#include "common/util/units.h"

namespace aircheck::pruner {
namespace {

using catalog::Segment;
using catalog::SegmentState;
using retention::Action;
using retention::DiskState;
using retention::Reason;
using retention::Step;

std::string_view Text(Reason reason) {
    switch (reason) {
        case Reason::kAge:
            return "too old";
        case Reason::kMaxDisk:
            return "max_disk";
        case Reason::kMinFree:
            break;
    }
    return "min_free";
}

/// Whether the row's path is what a finished segment of that station is called.
bool IsFinishedSegment(const Segment& segment) {
    const auto file = std::filesystem::path(segment.path).filename().string();
    const auto name = storage::ParseSegmentName(file);
    return name && !name->open && name->station == segment.station &&
           storage::Layout::RelativeSegmentPath(*name) == segment.path;
}

void Append(std::vector<Segment>& to, std::vector<Segment> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Retention::Retention(const config::Config& config, const time::Clock& clock, Shared& shared,
                     std::string name, FreeSpace free_space, Checkpoint checkpoint)
    : rules_(config),
      clock_(clock),
      shared_(shared),
      name_(std::move(name)),
      free_space_(std::move(free_space)),
      checkpoint_(std::move(checkpoint)),
      layout_(config.storage),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

Batch Retention::Run(Scope scope, const std::string& station) noexcept {
    try {
        catalog_ = &file_.Get();
        return RunBatch(scope, station);
    } catch (const std::exception& error) {
        log::error("{}: cannot prune: {}", name_, util::DescribeException(error));
        file_.Failed(error);  // a new connection may do better
        pass_.reset();
        return {};
    }
}

Batch Retention::RunBatch(Scope scope, const std::string& station) {
    if (!std::exchange(dropped_leftovers_, true)) DropLeftovers();
    const DiskState disk = LookAtDisk(station);
    auto steps = Plan(rules_, clock_.Now(), disk, Candidates(scope, station, disk));
    std::erase_if(steps, [this](const Step& step) { return !IsOurs(step); });
    Batch batch;
    batch.more = steps.size() >= kBatchSize;
    steps.resize(std::min(steps.size(), kBatchSize));

    std::vector<std::string> failures;
    for (const Step& step : steps) {
        try {
            Do(step, batch);
        } catch (const std::exception& error) {
            failures.push_back(util::DescribeException(error));
        }
    }
    if (!failures.empty())
        log::error("{}: segments that cannot be removed: {}; the first: {}", name_, failures.size(),
                   failures.front());
    // Where nothing could be removed, the next batch would be the same.
    if (batch.removed.empty() && batch.freed.empty()) batch.more = false;
    if (!batch.more) {
        LogPass(LookAtDisk(station));
        pass_.reset();
    }
    return batch;
}

/// What is on this disk and is not being uploaded right now.
bool Retention::IsOurs(const Step& step) const {
    return step.action != Action::kUpload && step.segment.state == SegmentState::kClosed &&
           step.segment.id != shared_.uploading;
}

DiskState Retention::LookAtDisk(const std::string& station) {
    std::uint64_t free = free_space_(layout_.root());
    if (free < rules_.min_free()) {
        // Copies of what is in the cloud go before any recording.
        storage::ShrinkCache(layout_.Cache(), 0);
        free = free_space_(layout_.root());
    }
    DiskState disk{catalog_->DiskUsage(), free, shared_.cloud_works};
    if (!pass_) pass_ = Pass{disk.free, {}};
    // A file system may take its time to show what was freed, and a file that somebody reads is
    // freed later: no reason to remove the same amount of younger sound as well.
    disk.free = std::max(disk.free, pass_->free_expected);
    if (station.empty()) return disk;
    // One station's sound alone is not to make room for all.
    std::erase_if(disk.used, [&](const auto& entry) { return entry.first != station; });
    disk.free = std::numeric_limits<std::uint64_t>::max() / 2;
    return disk;
}

/// More than enough for a batch; the plan decides.
std::vector<Segment> Retention::Candidates(Scope scope, const std::string& station,
                                           const DiskState& disk) {
    std::vector<Segment> candidates;
    for (const auto& [name, bytes] : disk.used) {
        const auto& rule = rules_.Of(name);
        if (!rule.configured && bytes > 0 && strangers_.insert(name).second)
            log::info("{}: not configured any more; its recordings stay for {}", name,
                      util::FormatDuration(rule.archive));
        if (scope == Scope::kAll && candidates.size() < kBatchSize) {
            const auto cutoff = clock_.Now() - rule.archive;
            Append(candidates, catalog_->ClosedBefore(name, cutoff, kBatchSize));
            Append(candidates, catalog_->OldestSaved(name, kBatchSize));
            catalog_->ForgetFailures(name, cutoff);
            catalog_->ForgetRemovals(name, cutoff);
        }
        if (rule.max_disk && bytes > *rule.max_disk) {
            Append(candidates, catalog_->OldestClosed(name, kBatchSize));
            Append(candidates, catalog_->OldestSaved(name, kBatchSize));
        }
    }
    if (rules_.Exceeded(disk)) {
        Append(candidates, catalog_->OldestClosed(station, kBatchSize));
        Append(candidates, catalog_->OldestSaved(station, kBatchSize));
    }
    return candidates;
}

void Retention::Do(const Step& step, Batch& batch) {
    const Segment& segment = step.segment;
    if (segment.id == shared_.uploading) return;
    if (!IsFinishedSegment(segment))
        throw std::runtime_error("the catalog has a path that is no segment's: " + segment.path);
    Check();
    // What becomes of the object is the mover's.
    const bool stays = !segment.object.empty();
    if (stays && !catalog_->SetUploaded(segment.id)) return;
    if (stays) Check();
    DeleteFile(segment);
    Check();
    if (!stays) catalog_->RemoveSegment(segment, step.reason);
    auto& [count, bytes] = pass_->done[{step.action, step.reason}];
    ++count;
    bytes += segment.bytes;
    pass_->free_expected += segment.bytes;
    (stays ? batch.freed : batch.removed).push_back(segment);
}

void Retention::DeleteFile(const Segment& segment) const {
    const auto path = layout_.Resolve(segment.path);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        util::ThrowErrno("cannot remove " + path.string());
}

/// Files of segments that were about to be deleted when the process before this one ended.
void Retention::DropLeftovers() {
    for (const std::string& station : archive::StationsIn(layout_)) {
        for (const auto& name : archive::ListStreamFiles(layout_, station).finished) {
            const auto row = catalog_->FindSegment(storage::Layout::RelativeSegmentPath(name));
            if (row && row->state == SegmentState::kUploaded) DeleteFile(*row);
        }
    }
}

void Retention::LogPass(const DiskState& disk) {
    for (const auto& [kind, done] : pass_->done) {
        const auto& [action, reason] = kind;
        const auto size = util::FormatSize(done.second);
        if (action == Action::kDeleteUnsaved && rules_.has_cloud())
            log::error("{}: {} segments ({}) had to go though they are nowhere else: {}", name_,
                       done.first, size, Text(reason));
        else if (action == Action::kDeleteLocal)
            log::info("{}: segments that are in the cloud deleted here: {} ({}), {}", name_,
                      done.first, size, Text(reason));
        else
            spdlog::log(reason == Reason::kAge ? spdlog::level::info : spdlog::level::warn,
                        "{}: segments removed: {} ({}), {}", name_, done.first, size, Text(reason));
    }
    const bool over = rules_.Exceeded(disk);
    if (over && !limit_told_)
        log::error("{}: {} free and {} recorded exceed a limit, but nothing more can be removed",
                   name_, util::FormatSize(disk.free), util::FormatSize(disk.Total()));
    limit_told_ = over;
}

void Retention::Check() const {
    if (checkpoint_) checkpoint_();
}

}  // namespace aircheck::pruner
