// SPDX-License-Identifier: MIT
#include "webapi/listening/open_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/util/error.h"

namespace aircheck::webapi {

namespace {

using Status = struct stat;

bool IsWhole(const Status& status, std::uint64_t bytes) {
    return S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) >= bytes;
}

std::pair<std::uint64_t, std::uint64_t> InodeOf(const Status& status) {
    return {status.st_dev, status.st_ino};
}

Status StatusOf(int file) {
    Status status{};
    if (::fstat(file, &status) != 0) util::ThrowErrno("cannot examine a segment's file");
    return status;
}

}  // namespace

// A look at what the path says takes a third of opening and closing it.
SharedFile OpenFiles::Open(const std::string& path, std::uint64_t bytes) {
    Status status{};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return nullptr;
        util::ThrowErrno("cannot examine " + path);
    }
    if (!IsWhole(status, bytes)) return nullptr;
    if (SharedFile known = Find(InodeOf(status))) return known;
    util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT || errno == ELOOP) return nullptr;
        util::ThrowErrno("cannot open " + path);
    }
    status = StatusOf(file.get());
    return IsWhole(status, bytes) ? Add(InodeOf(status), std::move(file)) : nullptr;
}

SharedFile OpenFiles::Share(util::UniqueFd file) {
    const Inode inode = InodeOf(StatusOf(file.get()));
    return Add(inode, std::move(file));
}

void OpenFiles::LetGo() {
    std::vector<SharedFile> closing;  // once the lock has gone
    const std::lock_guard lock(mutex_);
    closing.swap(kept_long_);
    kept_long_.swap(kept_);
    ++turn_;
    std::erase_if(files_, [](const auto& each) { return each.second.file.expired(); });
}

SharedFile OpenFiles::Find(const Inode& inode) {
    const std::lock_guard lock(mutex_);
    const auto known = files_.find(inode);
    if (known == files_.end()) return nullptr;
    SharedFile file = known->second.file.lock();
    if (file) Keep(known->second, file);
    return file;
}

// As long as somebody has it open, no other file gets its number.
SharedFile OpenFiles::Add(const Inode& inode, util::UniqueFd file) {
    const std::lock_guard lock(mutex_);
    Entry& entry = files_[inode];
    SharedFile shared = entry.file.lock();
    if (!shared) {
        shared = std::make_shared<const util::UniqueFd>(std::move(file));
        entry = {shared};
    }
    Keep(entry, shared);
    return shared;
}

void OpenFiles::Keep(Entry& entry, const SharedFile& file) {
    if (entry.kept_at == turn_ || kept_.size() >= kMostKept) return;
    kept_.push_back(file);
    entry.kept_at = turn_;
}

}  // namespace aircheck::webapi
