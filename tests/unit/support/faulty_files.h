// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "common/storage/file_system.h"

namespace aircheck::test {

/// The real file system, with faults as told: an errno each, 0 for none. Any thread may tell.
class FaultyFiles final : public storage::FileSystem {
public:
    std::atomic<int> open_error = 0;
    std::atomic<int> write_error = 0;
    std::atomic<int> sync_error = 0;
    std::atomic<int> rename_error = 0;
    mutable std::atomic<std::size_t> room = std::numeric_limits<std::size_t>::max();  // then ENOSPC
    std::atomic<std::size_t> most_at_once = std::numeric_limits<std::size_t>::max();
    std::atomic<bool> forgetful = false;  // what it could not sync reads as zeros
    mutable std::atomic<int> syncs = 0;
    mutable std::atomic<int> to_remove = 0;  // so many of the next files, as soon as they are made

    util::UniqueFd Open(const std::filesystem::path& path, int flags) const override {
        if (Fails(open_error)) return {};
        util::UniqueFd fd = Real().Open(path, flags);
        if (fd && to_remove > 0) {
            --to_remove;
            std::filesystem::remove(path);
        }
        return fd;
    }
    ssize_t Read(int fd, std::span<std::byte> into, std::uint64_t offset) const override {
        if (!forgetful) return Real().Read(fd, into, offset);
        std::fill(into.begin(), into.end(), std::byte{0});
        return static_cast<ssize_t>(into.size());
    }
    ssize_t Write(int fd, std::span<const std::byte> data, std::uint64_t offset) const override {
        if (Fails(write_error)) return -1;
        const std::size_t size = std::min({data.size(), most_at_once.load(), room.load()});
        if (size == 0) {
            errno = ENOSPC;
            return -1;
        }
        room -= size;
        return Real().Write(fd, data.first(size), offset);
    }
    bool Truncate(int fd, std::uint64_t bytes) const override {
        return !Fails(write_error) && Real().Truncate(fd, bytes);
    }
    bool Sync(int fd) const override {
        ++syncs;
        return !Fails(sync_error) && Real().Sync(fd);
    }
    bool SyncFileSystem(int fd) const override { return Sync(fd); }
    bool SetModified(int fd, time::SysTime when) const override {
        return Real().SetModified(fd, when);
    }
    bool Rename(const std::filesystem::path& from, const std::filesystem::path& to) const override {
        return !Fails(rename_error) && Real().Rename(from, to);
    }

private:
    static const storage::FileSystem& Real() { return storage::SystemFiles(); }
    static bool Fails(const std::atomic<int>& error) {
        errno = error;
        return error != 0;
    }
};

}  // namespace aircheck::test
