// SPDX-License-Identifier: MIT
#include "webapi/cloud/cache_room.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <utility>

#include "common/storage/cache_folder.h"

namespace aircheck::webapi {

namespace {

/// A look at a folder of some hundred files takes half a millisecond.
constexpr std::uint64_t kMostBetweenLooks = std::uint64_t{64} << 20;

std::uint64_t Minus(std::uint64_t a, std::uint64_t b) {
    return a - std::min(a, b);
}

}  // namespace

CacheRoom::CacheRoom(std::filesystem::path folder, std::uint64_t max_bytes, std::uint64_t min_free)
    : folder_(std::move(folder)), max_bytes_(max_bytes), min_free_(min_free) {}

bool CacheRoom::Take(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (left_ < bytes) Look(bytes);
    if (left_ < bytes) return false;
    left_ -= bytes;
    return true;
}

/// 0 if it cannot be told.
std::uint64_t CacheRoom::Free() const {
    struct statvfs status {};
    // The folder itself may not be there yet.
    if (::statvfs(folder_.parent_path().c_str(), &status) != 0) return 0;
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

void CacheRoom::Look(std::uint64_t bytes) {
    const std::uint64_t share = std::clamp(max_bytes_ / 16, bytes, kMostBetweenLooks);
    used_ = storage::ShrinkCache(folder_, Minus(max_bytes_, share));
    // Of a full disk, the cache is what can be done without.
    if (const std::uint64_t wanted = min_free_ + share, free = Free(); free < wanted)
        used_ = storage::ShrinkCache(folder_, Minus(used_, wanted - free));
    left_ = std::min(share, Minus(Free(), min_free_));
}

}  // namespace aircheck::webapi
