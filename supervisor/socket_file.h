// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace aircheck::supervisor {

/// The file of a bound ipc endpoint, removed at the end: ZeroMQ removes what is in its way when it
/// binds, but leaves its own behind.
class SocketFile {
public:
    explicit SocketFile(std::string_view endpoint)
        : path_(endpoint.substr(std::string_view("ipc://").size())) {}
    SocketFile(SocketFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    SocketFile& operator=(SocketFile&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~SocketFile() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove(path_, ignored);
    }

private:
    std::filesystem::path path_;
};

}  // namespace aircheck::supervisor
