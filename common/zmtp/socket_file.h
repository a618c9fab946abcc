// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace aircheck::supervisor {

/// The file of a bound ipc endpoint, removed at the end unless another process has put its own in
/// its place: ZeroMQ removes what is in its way when it binds, but leaves its own behind.
class SocketFile {
public:
    explicit SocketFile(std::string_view endpoint)
        : path_(endpoint.substr(std::string_view("ipc://").size())), inode_(InodeOf(path_)) {}
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

}  // namespace aircheck::supervisor
