// SPDX-License-Identifier: MIT
#include "common/storage/cache_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "common/util/unique_fd.h"

namespace aircheck::storage {
namespace {

constexpr std::uint64_t kStatBlockBytes = 512;  // stat(2)

struct CachedFile {
    std::filesystem::path path;
    std::pair<time_t, long> used;  // whoever reads a file dates it anew
    std::uint64_t bytes = 0;       // of the disk: most of a file may be a hole
};

std::vector<CachedFile> List(const std::filesystem::path& folder) {
    std::vector<CachedFile> files;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        struct stat status {};
        if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        files.push_back({entry.path(),
                         {status.st_mtim.tv_sec, status.st_mtim.tv_nsec},
                         static_cast<std::uint64_t>(status.st_blocks) * kStatBlockBytes});
    }
    return files;
}

bool Remove(const std::filesystem::path& path) {
    const util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    // Whoever opens it between the lock and the removal goes on with a file without a name.
    return file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 && ::unlink(path.c_str()) == 0;
}

}  // namespace

std::uint64_t ShrinkCache(const std::filesystem::path& folder, std::uint64_t bytes) {
    std::vector<CachedFile> files = List(folder);
    std::uint64_t left = 0;
    for (const CachedFile& file : files) left += file.bytes;
    if (left <= bytes) return left;
    std::ranges::sort(files, {}, &CachedFile::used);
    for (const CachedFile& file : files) {
        if (left <= bytes) break;
        if (Remove(file.path)) left -= file.bytes;
    }
    return left;
}

}  // namespace aircheck::storage
