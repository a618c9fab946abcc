// SPDX-License-Identifier: MIT
#include "common/storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "common/util/error.h"

namespace aircheck::storage {

util::UniqueFd LockFolder(const std::filesystem::path& folder, LockKind kind) {
    const std::filesystem::path path = folder.empty() ? "." : folder;
    util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) util::ThrowErrno("cannot open the folder " + path.string());
    while (::flock(fd.get(), kind == LockKind::kShared ? LOCK_SH : LOCK_EX) != 0)
        if (errno != EINTR) util::ThrowErrno("cannot lock the folder " + path.string());
    return fd;
}

}  // namespace aircheck::storage
