// SPDX-License-Identifier: MIT
#include "downloader/syncer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::downloader {
Syncer::Syncer(const storage::FileSystem& files)
    : file_system_(files), thread_([this] { Run(); }) {}

Syncer::~Syncer() {
    {
        const std::lock_guard lock(mutex_);
        quit_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool Syncer::busy() const {
    const std::lock_guard lock(mutex_);
    return busy_;
}

std::set<std::filesystem::path> Syncer::TakeFailed() {
    const std::lock_guard lock(mutex_);
    return std::exchange(failed_, {});
}

bool Syncer::Sync(std::vector<std::filesystem::path> files) {
    {
        const std::lock_guard lock(mutex_);
        if (busy_) return false;
        busy_ = true;
        files_ = std::move(files);
    }
    wake_.notify_one();
    return true;
}

void Syncer::Run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return quit_ || busy_; });
        if (!busy_) return;
        const auto files = std::exchange(files_, {});
        lock.unlock();
        auto failed = SyncAll(files);
        lock.lock();
        failed_ = std::move(failed);
        busy_ = false;
    }
}

std::set<std::filesystem::path> Syncer::SyncAll(
    const std::vector<std::filesystem::path>& files) const {
    std::set<std::filesystem::path> failed;
    std::set<dev_t> done;
    for (const auto& path : files) {
        const util::UniqueFd fd = file_system_.Open(path, O_RDONLY);
        if (!fd && errno == ENOENT) continue;  // closed and renamed meanwhile, and synced by that
        const bool kept = fd && (files.size() <= kMaxSingly ? file_system_.Sync(fd.get())
                                                            : SyncFileSystem(fd.get(), done));
        if (kept) continue;
        log::error("writer: cannot sync {}: {}", path.string(), util::ErrnoText(errno));
        failed.insert(path);
    }
    // A file system tells of a fault once, not of whose it was.
    if (!failed.empty() && files.size() > kMaxSingly) failed.insert(files.begin(), files.end());
    return failed;
}

bool Syncer::SyncFileSystem(int fd, std::set<dev_t>& done) const {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return false;
    return !done.insert(status.st_dev).second || file_system_.SyncFileSystem(fd);
}

}  // namespace aircheck::downloader
