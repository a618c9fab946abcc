// SPDX-License-Identifier: MIT
#include "pruner/backups.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "common/archive/backup.h"
#include "common/log/log.h"
#include "common/storage/origin.h"
#include "common/util/error.h"
#include "pruner/upload.h"

namespace aircheck::pruner {
namespace {

/// Nobody looks at exactly the same time each day.
constexpr std::chrono::hours kEvery{23};
constexpr std::chrono::minutes kRetry{30};

}  // namespace

Backups::Backups(storage::Layout layout, const time::Clock& clock, std::string name,
                 config::Duration keep)
    : layout_(std::move(layout)), clock_(clock), name_(std::move(name)), keep_(keep) {}

/// The latest one first.
std::vector<Backups::Backup> Backups::Here() const {
    std::vector<Backup> backups;
    std::error_code error;
    std::filesystem::directory_iterator entry(layout_.Backups(), error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        std::string file = entry->path().filename().string();
        if (const auto made = storage::Layout::ParseBackup(file))
            backups.push_back({std::move(file), *made});
    }
    std::ranges::sort(backups, std::greater{}, &Backup::made);
    return backups;
}

std::vector<Backups::Backup> Backups::There(cloud::ObjectStore& store,
                                            const std::string& origin) const {
    std::vector<Backup> backups;
    const std::string prefix = storage::BackupPrefix(origin);
    store.List(prefix, [&](const cloud::ObjectInfo& object) {
        std::string file = object.key.substr(prefix.size());
        if (const auto made = storage::Layout::ParseBackup(file))
            backups.push_back({std::move(file), *made});
        return true;
    });
    std::ranges::sort(backups, std::greater{}, &Backup::made);
    return backups;
}

std::vector<Backups::Backup> Backups::TooOld(std::vector<Backup> all) const {
    if (!all.empty()) all.erase(all.begin());
    std::erase_if(all, [&](const Backup& backup) { return backup.made > clock_.Now() - keep_; });
    return all;
}

void Backups::Make() {
    const auto path = archive::BackUpCatalog(layout_, clock_.Now());
    log::info("{}: the catalog is backed up as {}", name_, path.filename().string());
    stored_ = false;
}

void Backups::Keep() noexcept {
    const auto now = clock_.Steady();
    if (now < next_) return;
    next_ = now + kRetry;
    try {
        if (!std::filesystem::exists(layout_.Catalog())) return;
        auto here = Here();
        if (here.empty() || here.front().made < clock_.Now() - kEvery) Make();
        for (const Backup& old : TooOld(Here()))
            std::filesystem::remove(layout_.Backups() / old.file);
        archive::SweepBackups(layout_);
    } catch (const std::exception& error) {
        log::error("{}: cannot back up the catalog: {}", name_, util::DescribeException(error));
    }
}

std::uint64_t Backups::Store(cloud::ObjectStore& store, const std::string& origin,
                             bool may_delete) {
    if (stored_) return 0;
    std::uint64_t bytes = 0;
    const std::string prefix = storage::BackupPrefix(origin);
    const auto there = There(store, origin);
    for (const Backup& backup : Here()) {
        if (std::ranges::find(there, backup.file, &Backup::file) != there.end()) continue;
        const auto path = layout_.Backups() / backup.file;
        const std::uint64_t size = std::filesystem::file_size(path);
        Upload(store, prefix + backup.file, FileToUpload(path, size), false);
        bytes += size;
    }
    if (may_delete) Prune(store, origin);
    stored_ = true;
    return bytes;
}

void Backups::Prune(cloud::ObjectStore& store, const std::string& origin) const {
    for (const Backup& old : TooOld(There(store, origin)))
        store.Remove(storage::BackupPrefix(origin) + old.file);
}

}  // namespace aircheck::pruner
