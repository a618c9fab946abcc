// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>

namespace aircheck::webapi {

/// Keeps the cache within its bounds. Several processes may share the folder: each looks at all of
/// it after so many bytes of its own. What is being read stays, so readers at many places at once
/// can hold more than `max_bytes`; but the disk's last `min_free` bytes are never touched.
/// Any thread; blocks on the disk.
class CacheRoom {
public:
    CacheRoom(std::filesystem::path folder, std::uint64_t max_bytes, std::uint64_t min_free);

    /// Before so many bytes are written: makes room, and says whether there is.
    bool Take(std::uint64_t bytes);

    /// What the cache took when that was looked at last.
    std::uint64_t used() const { return used_; }

private:
    std::uint64_t Free() const;
    void Look(std::uint64_t bytes);

    const std::filesystem::path folder_;
    const std::uint64_t max_bytes_;
    const std::uint64_t min_free_;
    std::mutex mutex_;
    std::uint64_t left_ = 0;  // to be taken before the next look
    std::atomic<std::uint64_t> used_ = 0;
};

}  // namespace aircheck::webapi
