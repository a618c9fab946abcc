// SPDX-License-Identifier: MIT
#include "downloader/segment_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "common/util/error.h"

namespace aircheck::downloader {
namespace {

/// Two segments of one take can begin in the same second, when the format changes at once.
constexpr int kNameAttempts = 60;

/// Writes what the file takes; answers how much that was and leaves errno behind if not all.
std::size_t WriteSome(int fd, std::span<const std::byte> data) {
    std::size_t written = 0;
    while (written < data.size()) {
        const ssize_t n = ::write(fd, data.data() + written, data.size() - written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        written += static_cast<std::size_t>(n);
    }
    return written;
}

/// Never over another file, where the file system can promise that (network ones may not).
bool Rename(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return true;
    return errno == EINVAL && ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

SegmentFile::SegmentFile(const storage::Layout& layout, storage::SegmentName name)
    : layout_(layout), name_(std::move(name)) {
    name_.open = true;
}

bool SegmentFile::Create() {
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        const auto path = layout_.Resolve(Path());
        util::UniqueFd fd(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644));
        if (fd) {
            if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) break;
            fd_ = std::move(fd);
            return true;
        }
        if (errno != EEXIST) break;
        name_.start += std::chrono::seconds{1};
    }
    error_ = errno;
    return false;
}

bool SegmentFile::Append(std::span<const std::byte> data) {
    if (backlog_.empty() && (fd_ || Create())) {
        error_ = 0;
        data = data.subspan(WriteSome(fd_.get(), data));
        if (data.empty()) return true;
        error_ = errno;
    }
    backlog_.insert(backlog_.end(), data.begin(), data.end());
    if (!fd_ && !Create()) return false;
    const std::size_t written = WriteSome(fd_.get(), backlog_);
    if (written < backlog_.size()) error_ = errno;
    backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(written));
    if (!backlog_.empty()) return false;
    error_ = 0;
    return true;
}

bool SegmentFile::Sync() {
    return !fd_ || ::fdatasync(fd_.get()) == 0;
}

void SegmentFile::Finish(std::uint64_t bytes, time::SysTime start) {
    const auto part = layout_.Resolve(Path());
    if (::ftruncate(fd_.get(), static_cast<off_t>(bytes)) != 0 || !Sync())
        util::ThrowErrno("cannot finish " + part.string());
    storage::SegmentName closed = name_;
    closed.open = false;
    closed.start = std::chrono::floor<std::chrono::seconds>(start);
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        const auto path = layout_.Resolve(storage::Layout::RelativeSegmentPath(closed));
        if (Rename(part, path)) {
            name_ = closed;
            fd_.Close();
            return;
        }
        if (errno != EEXIST) break;
        closed.start += std::chrono::seconds{1};
    }
    util::ThrowErrno("cannot rename " + part.string());
}

}  // namespace aircheck::downloader
