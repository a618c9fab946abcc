// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/storage/paths.h"
#include "common/util/unique_fd.h"

namespace aircheck::downloader {

/// The file of one open segment: a `.part` with an exclusive lock for as long as it is being
/// written, which is how others tell a living recorder's file from a dead one's. What cannot be
/// written (the disk is full, the folder is gone) is held back and tried again with the next
/// append. For the writer's thread.
class SegmentFile {
public:
    /// More than this is not held back for a disk that does not take it.
    static constexpr std::size_t kMaxBacklog = 8 << 20;

    SegmentFile(const storage::Layout& layout, storage::SegmentName name);

    /// True once everything given so far is in the file.
    bool Append(std::span<const std::byte> data);

    /// Whether too much is held back: it will not be written any more.
    bool Overflowing() const { return backlog_.size() > kMaxBacklog; }

    bool created() const { return static_cast<bool>(fd_); }

    /// errno of the last failure; 0 when all is well.
    int error() const { return error_; }

    /// Relative to the storage folder.
    std::string Path() const { return storage::Layout::RelativeSegmentPath(name_); }

    /// Asks the disk to keep what was written. False where it refuses.
    bool Sync();

    /// Cuts the file to its first `bytes`, syncs it and gives it its final name, dated `start`.
    /// Throws std::system_error; the `.part` then stays for a later repair.
    void Finish(std::uint64_t bytes, time::SysTime start);

private:
    bool Create();

    const storage::Layout& layout_;
    storage::SegmentName name_;
    util::UniqueFd fd_;
    std::vector<std::byte> backlog_;
    int error_ = 0;
};

}  // namespace aircheck::downloader
