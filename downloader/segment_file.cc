// SPDX-License-Identifier: MIT
#include "downloader/segment_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "common/util/error.h"

namespace aircheck::downloader {
namespace {

/// Two segments of one take can begin in the same second, when the format changes at once.
constexpr int kNameAttempts = 60;

std::uint64_t Hash(std::span<const std::byte> data) {
    return XXH3_64bits(data.data(), data.size());
}

}  // namespace

SegmentFile::SegmentFile(const storage::Layout& layout, storage::SegmentName name,
                         const storage::FileSystem& files)
    : layout_(layout), files_(files), name_(std::move(name)) {
    name_.open = true;
}

bool SegmentFile::Create() {
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        util::UniqueFd fd = files_.Open(layout_.Resolve(Path()), O_RDWR | O_CREAT | O_EXCL);
        if (!fd) {
            if (errno != EEXIST) break;
            name_.start += std::chrono::seconds{1};
            continue;
        }
        struct stat made {};
        if (::flock(fd.get(), LOCK_EX) != 0 || ::fstat(fd.get(), &made) != 0) break;
        // Until it was locked it looked like a dead recorder's, and may have been removed as such.
        if (made.st_nlink == 0) continue;
        fd_ = std::move(fd);
        return true;
    }
    error_ = errno;
    return false;
}

/// Writes what the file takes; answers how much that was and sets the error if not all.
std::size_t SegmentFile::WriteSome(std::span<const std::byte> data) {
    std::size_t written = 0;
    while (written < data.size()) {
        const ssize_t n = files_.Write(fd_.get(), data.subspan(written), size_ + written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            error_ = n == 0 ? EIO : errno;
            break;
        }
        written += static_cast<std::size_t>(n);
    }
    if (written > 0) unsynced_.push_back({size_, written, Hash(data.first(written))});
    size_ += written;
    return written;
}

bool SegmentFile::Append(std::span<const std::byte> data) {
    if (backlog_.empty() && (fd_ || Create())) {
        error_ = 0;
        data = data.subspan(WriteSome(data));
        if (data.empty()) return true;
    }
    backlog_.insert(backlog_.end(), data.begin(), data.end());
    if (!fd_ && !Create()) return false;
    const std::size_t written = WriteSome(backlog_);
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(written));
    if (!backlog_.empty()) return false;
    error_ = 0;
    return true;
}

void SegmentFile::OnSynced(bool kept) {
    if (asked_ == 0) return;
    if (!kept)
        WriteAgain();
    else
        std::erase_if(unsynced_, [this](const Unsynced& run) { return run.offset < asked_; });
    asked_ = 0;
}

/// What has not been synced, from the system's memory.
void SegmentFile::WriteAgain() {
    std::vector<std::byte> bytes;
    for (const Unsynced& run : unsynced_) {
        bytes.resize(run.size);
        const ssize_t n = files_.Read(fd_.get(), bytes, run.offset);
        if (n != static_cast<ssize_t>(run.size) || Hash(bytes) != run.hash) {
            damaged_at_ = run.offset;
            return;
        }
        files_.Write(fd_.get(), bytes, run.offset);  // if it fails, so does the next sync
    }
}

void SegmentFile::Finish(std::uint64_t bytes, time::SysTime start, time::SysTime end) {
    const auto part = layout_.Resolve(Path());
    const auto fail = [&] { util::ThrowErrno("cannot finish " + part.string()); };
    if (!files_.Truncate(fd_.get(), bytes)) fail();
    std::erase_if(unsynced_, [&](const Unsynced& run) { return run.offset + run.size > bytes; });
    // Only convenient: a catalog that is made anew dates the segment by it.
    files_.SetModified(fd_.get(), end);
    if (!files_.Sync(fd_.get())) {
        const int error = errno;
        WriteAgain();
        errno = error;
        fail();
    }
    unsynced_.clear();
    storage::SegmentName closed = name_;
    closed.open = false;
    closed.start = std::chrono::floor<std::chrono::seconds>(start);
    if (!RenameTo(closed)) util::ThrowErrno("cannot rename " + part.string());
    fd_.Close();
}

void SegmentFile::Date(time::SysTime start) {
    if (name_.dated()) return;
    storage::SegmentName name = name_;
    name.start = std::chrono::floor<std::chrono::seconds>(start);
    if (fd_)
        RenameTo(std::move(name));
    else
        name_ = std::move(name);
}

/// False, with the reason in errno, if it keeps its name. Never another file's: then a later one.
bool SegmentFile::RenameTo(storage::SegmentName name) {
    const auto old = layout_.Resolve(Path());
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        if (files_.Rename(old, layout_.Resolve(storage::Layout::RelativeSegmentPath(name)))) {
            name_ = std::move(name);
            return true;
        }
        if (errno != EEXIST) break;
        name.start += std::chrono::seconds{1};
    }
    return false;
}

}  // namespace aircheck::downloader
