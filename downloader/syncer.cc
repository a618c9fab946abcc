// SPDX-License-Identifier: MIT
#include "downloader/syncer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::downloader {
namespace {

/// More files than this are not asked for one by one, which costs a commit of the file system's
/// journal each; then its whole content is. Fewer are, so as not to flush what others write.
constexpr std::size_t kMaxSingly = 16;

bool SyncFile(int fd) {
    return ::fdatasync(fd) == 0;
}

bool SyncFileSystem(int fd, std::set<dev_t>& done) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) return false;
    return !done.insert(status.st_dev).second || ::syncfs(fd) == 0;
}

void SyncAll(const std::vector<std::filesystem::path>& files) {
    std::set<dev_t> done;
    for (const auto& path : files) {
        const util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd && errno == ENOENT) continue;  // closed and renamed meanwhile, and synced by that
        if (!fd ||
            !(files.size() <= kMaxSingly ? SyncFile(fd.get()) : SyncFileSystem(fd.get(), done)))
            log::warn("writer: cannot sync {}: {}", path.string(), util::ErrnoText(errno));
    }
}

}  // namespace

Syncer::Syncer() : thread_([this] { Run(); }) {}

Syncer::~Syncer() {
    {
        const std::lock_guard lock(mutex_);
        quit_ = true;
    }
    wake_.notify_one();
    thread_.join();
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
        SyncAll(files);
        lock.lock();
        busy_ = false;
    }
}

}  // namespace aircheck::downloader
