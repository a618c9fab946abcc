// SPDX-License-Identifier: MIT
#include "common/storage/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

namespace aircheck::storage {
namespace {

constexpr mode_t kMode = 0644;

class RealFileSystem final : public FileSystem {
public:
    util::UniqueFd Open(const std::filesystem::path& path, int flags) const override {
        return util::UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, kMode));
    }
    ssize_t Read(int fd, std::span<std::byte> into, std::uint64_t offset) const override {
        return ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    }
    ssize_t Write(int fd, std::span<const std::byte> data, std::uint64_t offset) const override {
        return ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    }
    bool Truncate(int fd, std::uint64_t bytes) const override {
        return ::ftruncate(fd, static_cast<off_t>(bytes)) == 0;
    }
    bool Sync(int fd) const override { return ::fdatasync(fd) == 0; }
    bool SyncFileSystem(int fd) const override { return ::syncfs(fd) == 0; }
    bool SetModified(int fd, time::SysTime when) const override {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
        const std::chrono::nanoseconds rest = when - seconds;
        const timespec modified{seconds.time_since_epoch().count(), rest.count()};
        const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, modified};
        return ::futimens(fd, times.data()) == 0;
    }
    bool Rename(const std::filesystem::path& from, const std::filesystem::path& to) const override {
        if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
            return true;
        return errno == EINVAL && ::rename(from.c_str(), to.c_str()) == 0;
    }
};

}  // namespace

const FileSystem& SystemFiles() {
    static const RealFileSystem files;
    return files;
}

}  // namespace aircheck::storage
