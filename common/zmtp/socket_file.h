// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace aircheck::zmtp {

/// The file of a bound socket, removed at the end unless another process has put its own in its
/// place: who binds removes what is in the way, as ZeroMQ does.
class SocketFile {
public:
    explicit SocketFile(std::filesystem::path path)
        : path_(std::move(path)), inode_(InodeOf(path_)) {}
    SocketFile(SocketFile&& other) noexcept
        : path_(std::exchange(other.path_, {})), inode_(other.inode_) {}
    SocketFile& operator=(SocketFile&& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(inode_, other.inode_);
        return *this;
    }
    ~SocketFile() {
        std::error_code ignored;
        if (!path_.empty() && InodeOf(path_) == inode_) std::filesystem::remove(path_, ignored);
    }

private:
    /// 0 if there is none.
    static ino_t InodeOf(const std::filesystem::path& path) noexcept {
        struct stat file {};
        return ::stat(path.c_str(), &file) == 0 ? file.st_ino : 0;
    }

    std::filesystem::path path_;
    ino_t inode_;
};

}  // namespace aircheck::zmtp
