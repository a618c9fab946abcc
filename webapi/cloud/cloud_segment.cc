// SPDX-License-Identifier: MIT
#include "webapi/cloud/cloud_segment.h"

#include <algorithm>
#include <utility>

namespace aircheck::webapi {

CloudSegment::CloudSegment(boost::asio::io_context& loop, const catalog::Segment& segment,
                           std::filesystem::path path)
    : station_(segment.station),
      object_(segment.object),
      bytes_(segment.bytes),
      setup_bytes_(std::min(segment.setup_bytes, segment.bytes)),
      path_(std::move(path)),
      blocks_((segment.bytes + CacheFile::kBlockBytes - 1) / CacheFile::kBlockBytes),
      changed_(loop) {
    changed_.expires_at(boost::asio::steady_timer::time_point::max());
}

std::uint64_t CloudSegment::Here(std::uint64_t offset, std::uint64_t size) const {
    if (!Has(0, setup_bytes_) || offset >= bytes_) return 0;
    const std::uint64_t end = offset + std::min(size, bytes_ - offset);
    std::uint64_t to = offset;
    while (to < end && blocks_[to / CacheFile::kBlockBytes] == Block::kHere)
        to = (to / CacheFile::kBlockBytes + 1) * CacheFile::kBlockBytes;
    return std::min(to, end) - offset;
}

bool CloudSegment::Has(std::uint64_t from, std::uint64_t to) const {
    for (; from < to; from = (from / CacheFile::kBlockBytes + 1) * CacheFile::kBlockBytes)
        if (blocks_[from / CacheFile::kBlockBytes] != Block::kHere) return false;
    return true;
}

std::size_t CloudSegment::FirstMissing(std::uint64_t offset, std::uint64_t size) const {
    std::uint64_t at = 0;
    if (Has(0, setup_bytes_)) at = offset + Here(offset, size);
    std::size_t block = static_cast<std::size_t>(at / CacheFile::kBlockBytes);
    while (block + 1 < blocks_.size() && blocks_[block] == Block::kHere) ++block;
    return block;
}

}  // namespace aircheck::webapi
