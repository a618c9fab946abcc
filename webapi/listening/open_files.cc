// SPDX-License-Identifier: MIT
#include "webapi/listening/open_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
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
    return IsWhole(status, bytes) ? Keep(InodeOf(status), std::move(file)) : nullptr;
}

SharedFile OpenFiles::Share(util::UniqueFd file) {
    const Inode inode = InodeOf(StatusOf(file.get()));
    return Keep(inode, std::move(file));
}

SharedFile OpenFiles::Find(const Inode& inode) {
    const std::lock_guard lock(mutex_);
    const auto known = files_.find(inode);
    return known == files_.end() ? nullptr : known->second.lock();
}

// As long as somebody has it open, no other file gets its number.
SharedFile OpenFiles::Keep(const Inode& inode, util::UniqueFd file) {
    const std::lock_guard lock(mutex_);
    if (files_.size() >= sweep_at_) {
        std::erase_if(files_, [](const auto& each) { return each.second.expired(); });
        sweep_at_ = std::max(sweep_at_, 2 * files_.size());
    }
    std::weak_ptr<const util::UniqueFd>& known = files_[inode];
    if (SharedFile shared = known.lock()) return shared;
    auto shared = std::make_shared<const util::UniqueFd>(std::move(file));
    known = shared;
    return shared;
}

}  // namespace aircheck::webapi
