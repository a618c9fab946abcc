// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "common/time/clock.h"
#include "common/util/unique_fd.h"

namespace aircheck::storage {

/// What writing recordings asks of the system, so that tests can make a disk fail. Each call is
/// that of the system: what fails answers an empty descriptor, -1 or false, and leaves errno.
/// Any thread may call.
class FileSystem {
public:
    FileSystem() = default;
    FileSystem(const FileSystem&) = delete;
    FileSystem& operator=(const FileSystem&) = delete;
    virtual ~FileSystem() = default;

    virtual util::UniqueFd Open(const std::filesystem::path& path, int flags) const = 0;
    virtual ssize_t Read(int fd, std::span<std::byte> into, std::uint64_t offset) const = 0;
    virtual ssize_t Write(int fd, std::span<const std::byte> data, std::uint64_t offset) const = 0;
    virtual bool Truncate(int fd, std::uint64_t bytes) const = 0;

    /// The file's content, or that of all its file system.
    virtual bool Sync(int fd) const = 0;
    virtual bool SyncFileSystem(int fd) const = 0;

    virtual bool SetModified(int fd, time::SysTime when) const = 0;

    /// Never over another file, where the file system can promise that (network ones may not).
    virtual bool Rename(const std::filesystem::path& from,
                        const std::filesystem::path& to) const = 0;
};

const FileSystem& SystemFiles();

}  // namespace aircheck::storage
