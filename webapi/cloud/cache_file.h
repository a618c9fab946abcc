// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// What is here of a segment that is in the cloud: a sparse file with the sound at the offsets that
/// it has in the segment, so that the kernel sends it as it sends any other segment.
///
/// Behind the sound, at the next multiple of 4096, lie a magic number, the segment's size, the size
/// of a block, and for each block the hash of its bytes, 0 as long as it is not here: numbers of
/// eight bytes as the machine has them. A hash is written when its block is, and a block counts
/// only if it has that hash. So it never matters who was killed in between, whether the disk kept
/// the order, or who else writes the same at the same time: a hole is never taken for sound.
///
/// Whoever has one holds a shared lock on it, which keeps it from being removed for want of room.
/// Blocks on the disk, but for `fd`; different threads may work on different blocks.
class CacheFile {
public:
    static constexpr std::uint64_t kBlockBytes = 64 * 1024;

    /// The file at `path` for a segment of so many bytes, made if it is not there or another one.
    /// Throws std::system_error naming it.
    CacheFile(const std::filesystem::path& path, std::uint64_t bytes);

    int fd() const { return fd_.get(); }
    std::size_t blocks() const { return static_cast<std::size_t>((bytes_ - 1) / kBlockBytes) + 1; }
    std::size_t BlockSize(std::size_t block) const;

    /// Reads the block, into `buffer` of kBlockBytes, and says whether it is here.
    bool Holds(std::size_t block, std::span<std::byte> buffer) const;

    /// All of a block. Throws std::system_error.
    void Write(std::size_t block, std::span<const std::byte> data);

    /// It is in use: others go first when room is made.
    void Touch() noexcept;

private:
    std::uint64_t TableOffset() const;
    bool OpenExisting();
    bool Make();

    std::filesystem::path path_;
    std::uint64_t bytes_;
    util::UniqueFd fd_;
};

}  // namespace aircheck::webapi
