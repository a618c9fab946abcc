// SPDX-License-Identifier: MIT
#include "pruner/retention.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/units.h"

namespace aircheck::pruner {
namespace {

using catalog::Segment;

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

Retention::Retention(const config::Config& config, const time::Clock& clock, std::string name,
                     FreeSpace free_space)
    : rules_(config),
      clock_(clock),
      name_(std::move(name)),
      free_space_(std::move(free_space)),
      layout_(config.storage),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

std::uint64_t Retention::MeasureFreeSpace(const std::filesystem::path& folder) {
    struct statvfs status {};
    if (::statvfs(folder.c_str(), &status) != 0)
        util::ThrowErrno("cannot tell the free space of " + folder.string());
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

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
    DiskState disk = LookAtDisk(station);
    auto removals = Plan(rules_, clock_.Now(), disk, Candidates(scope, disk));
    Batch batch;
    batch.more = removals.size() >= kBatchSize;
    removals.resize(std::min(removals.size(), kBatchSize));

    std::vector<std::string> failures;
    for (Removal& removal : removals) {
        try {
            Remove(removal.segment);
        } catch (const std::exception& error) {
            failures.push_back(util::DescribeException(error));
            continue;
        }
        auto& [count, bytes] = pass_->removed[removal.reason];
        ++count;
        bytes += removal.segment.bytes;
        pass_->free_expected += removal.segment.bytes;
        batch.removed.push_back(std::move(removal.segment));
    }
    if (!failures.empty())
        log::error("{}: segments that cannot be removed: {}; the first: {}", name_, failures.size(),
                   failures.front());
    // Where nothing could be removed, the next batch would be the same.
    if (batch.removed.empty()) batch.more = false;
    if (!batch.more) {
        LogPass(LookAtDisk(station));
        pass_.reset();
    }
    return batch;
}

DiskState Retention::LookAtDisk(const std::string& station) {
    DiskState disk{catalog_->DiskUsage(), free_space_(layout_.root())};
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
std::vector<Segment> Retention::Candidates(Scope scope, const DiskState& disk) {
    std::vector<Segment> candidates;
    for (const auto& [station, bytes] : disk.used) {
        const Rules::Rule& rule = rules_.Of(station);
        if (!rule.configured && bytes > 0 && strangers_.insert(station).second)
            log::info("{}: not configured any more; its recordings stay for {}", station,
                      util::FormatDuration(rule.retention));
        if (scope == Scope::kAll && candidates.size() < kBatchSize) {
            const auto cutoff = clock_.Now() - rule.retention;
            Append(candidates, catalog_->ClosedBefore(station, cutoff, kBatchSize));
            catalog_->ForgetFailures(station, cutoff);
        }
        if (rule.max_disk && bytes > *rule.max_disk)
            Append(candidates, catalog_->OldestClosed(station, kBatchSize));
    }
    if (rules_.Exceeded(disk)) Append(candidates, catalog_->OldestClosed("", kBatchSize));
    return candidates;
}

void Retention::Remove(const Segment& segment) {
    if (!IsFinishedSegment(segment))
        throw std::runtime_error("the catalog has a path that is no segment's: " + segment.path);
    const auto path = layout_.Resolve(segment.path);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        util::ThrowErrno("cannot remove " + path.string());
    catalog_->RemoveSegment(segment.id);
}

void Retention::LogPass(const DiskState& disk) {
    for (const auto& [reason, removed] : pass_->removed) {
        const auto level = reason == Reason::kAge ? spdlog::level::info : spdlog::level::warn;
        spdlog::log(level, "{}: segments removed: {} ({}), {}", name_, removed.first,
                    util::FormatSize(removed.second), Text(reason));
    }
    const bool over = rules_.Exceeded(disk);
    if (over && !limit_told_)
        log::error("{}: {} free and {} recorded exceed a limit, but nothing more can be removed",
                   name_, util::FormatSize(disk.free), util::FormatSize(disk.Total()));
    limit_told_ = over;
}

}  // namespace aircheck::pruner
