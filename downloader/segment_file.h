// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/storage/file_system.h"
#include "common/storage/paths.h"
#include "common/util/unique_fd.h"

namespace aircheck::downloader {

/// The file of one open segment: a `.part` with an exclusive lock for as long as it is being
/// written, which is how others tell a living recorder's file from a dead one's. What cannot be
/// written (the disk is full, the folder is gone) is held back and tried again with the next
/// append. For the writer's thread.
///
/// A disk that could not keep what was written may have dropped it, and says so only once: syncing
/// again would answer that all is well. So what has not been synced is known by its hashes, is read
/// back after such a fault and written again; what has gone from memory, too, is lost.
class SegmentFile {
public:
    /// More than this is not held back for a disk that does not take it.
    static constexpr std::size_t kMaxBacklog = 8 << 20;

    SegmentFile(const storage::Layout& layout, storage::SegmentName name,
                const storage::FileSystem& files);

    /// True once everything given so far is in the file.
    bool Append(std::span<const std::byte> data);

    /// Whether too much is held back: it will not be written any more.
    bool Overflowing() const { return backlog_.size() > kMaxBacklog; }

    void DropBacklog() { backlog_ = {}; }

    bool created() const { return static_cast<bool>(fd_); }

    /// The file, to be read; -1 while there is none.
    int fd() const { return fd_.get(); }

    /// errno of the last failure; 0 when all is well.
    int error() const { return error_; }

    /// Gives a file that had no date the name of its time. If that cannot be done, it keeps the
    /// other one until it is finished.
    void Date(time::SysTime start);

    /// Relative to the storage folder.
    std::string Path() const { return storage::Layout::RelativeSegmentPath(name_); }

    /// Somebody asks the disk to keep what has been written so far, and has been answered.
    void OnSyncAsked() { asked_ = size_; }
    void OnSynced(bool kept);

    /// So many bytes at the beginning are sound; nullopt unless some were lost behind them.
    std::optional<std::uint64_t> damaged_at() const { return damaged_at_; }

    /// Cuts the file to its first `bytes`, syncs it, sets its time to `end` and gives it its final
    /// name, dated `start`. Throws std::system_error; the `.part` then stays, to be tried again or
    /// for a later repair.
    void Finish(std::uint64_t bytes, time::SysTime start, time::SysTime end);

private:
    struct Unsynced {
        std::uint64_t offset;
        std::size_t size;
        std::uint64_t hash;
    };

    bool Create();
    bool RenameTo(storage::SegmentName name);
    std::size_t WriteSome(std::span<const std::byte> data);
    void WriteAgain();

    const storage::Layout& layout_;
    const storage::FileSystem& files_;
    storage::SegmentName name_;
    util::UniqueFd fd_;
    std::uint64_t size_ = 0;
    std::uint64_t asked_ = 0;
    std::vector<Unsynced> unsynced_;
    std::optional<std::uint64_t> damaged_at_;
    std::vector<std::byte> backlog_;
    int error_ = 0;
};

}  // namespace aircheck::downloader
