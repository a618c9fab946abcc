// SPDX-License-Identifier: MIT
#include "common/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

#include "common/util/error.h"

namespace aircheck::storage {

namespace {

constexpr std::chrono::milliseconds kLookEvery{2};

std::filesystem::path Named(const std::filesystem::path& folder) {
    return folder.empty() ? "." : folder;
}

util::UniqueFd Open(const std::filesystem::path& folder) {
    util::UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) util::ThrowErrno("cannot open the folder " + folder.string());
    return fd;
}

int Operation(LockKind kind) {
    return kind == LockKind::kShared ? LOCK_SH : LOCK_EX;
}

}  // namespace

util::UniqueFd LockFolder(const std::filesystem::path& folder, LockKind kind) {
    util::UniqueFd fd = Open(Named(folder));
    while (::flock(fd.get(), Operation(kind)) != 0)
        if (errno != EINTR) util::ThrowErrno("cannot lock the folder " + Named(folder).string());
    return fd;
}

util::UniqueFd LockFolder(const std::filesystem::path& folder, LockKind kind,
                          std::chrono::milliseconds patience) {
    util::UniqueFd fd = Open(Named(folder));
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::flock(fd.get(), Operation(kind) | LOCK_NB) != 0) {
        const bool may_wait = errno == EINTR || errno == EWOULDBLOCK;
        if (!may_wait || std::chrono::steady_clock::now() >= end)
            util::ThrowErrno("cannot lock the folder " + Named(folder).string());
        std::this_thread::sleep_for(kLookEvery);
    }
    return fd;
}

}  // namespace aircheck::storage
