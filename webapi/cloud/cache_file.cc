// SPDX-License-Identifier: MIT
#include "webapi/cloud/cache_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include "common/storage/file_system.h"
#include "common/storage/paths.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace {

constexpr std::uint64_t kMagic = 0x3143'4b43'4843'5241;  // "ARCHCKC1"
constexpr std::uint64_t kAlignment = 4096;

using Header = std::array<std::uint64_t, 3>;  // magic, bytes of the segment, bytes of a block

/// Of several processes that make the same file one wins; of two that both see a broken one, too.
constexpr int kAttempts = 5;

bool ReadAll(int fd, std::uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
        const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

bool WriteAll(int fd, std::uint64_t offset, std::span<const std::byte> data) {
    while (!data.empty()) {
        const ssize_t put = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        offset += static_cast<std::uint64_t>(put);
        data = data.subspan(static_cast<std::size_t>(put));
    }
    return true;
}

/// Never 0.
std::uint64_t HashOf(std::span<const std::byte> data) {
    return std::max<std::uint64_t>(1, XXH3_64bits(data.data(), data.size()));
}

}  // namespace

CacheFile::CacheFile(const std::filesystem::path& path, std::uint64_t bytes)
    : path_(path), bytes_(bytes) {
    if (bytes == 0) throw std::invalid_argument("an empty segment is in no cloud");
    for (int attempt = 0; attempt < kAttempts; ++attempt)
        if (OpenExisting() || Make()) return;
    util::ThrowErrno(EAGAIN, "cannot make " + path_.string());
}

std::uint64_t CacheFile::TableOffset() const {
    return (bytes_ + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t CacheFile::BlockSize(std::size_t block) const {
    return static_cast<std::size_t>(std::min(kBlockBytes, bytes_ - block * kBlockBytes));
}

/// False if it is not there, on its way out, or not what it should be: that is removed.
bool CacheFile::OpenExisting() {
    util::UniqueFd fd(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) {
        if (errno == ENOENT) return false;
        util::ThrowErrno("cannot open " + path_.string());
    }
    if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) return false;
    struct stat status {};
    Header header{};
    const bool whole =
        ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) &&
        static_cast<std::uint64_t>(status.st_size) ==
            TableOffset() + sizeof header + blocks() * sizeof(std::uint64_t) &&
        ReadAll(fd.get(), TableOffset(), std::as_writable_bytes(std::span(header))) &&
        header == Header{kMagic, bytes_, kBlockBytes};
    if (!whole) {
        ::unlink(path_.c_str());
        return false;
    }
    fd_ = std::move(fd);
    return true;
}

/// It appears whole, or not at all. False if another one was faster.
bool CacheFile::Make() {
    const std::filesystem::path folder = path_.parent_path();
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
        util::ThrowErrno("cannot make the folder " + folder.string());
    const std::filesystem::path fresh = path_.string() + "." + storage::NewTakeId();
    util::UniqueFd fd(::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) util::ThrowErrno("cannot make " + fresh.string());
    const Header header{kMagic, bytes_, kBlockBytes};
    const std::uint64_t size = TableOffset() + sizeof header + blocks() * sizeof(std::uint64_t);
    const bool written = ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0 &&
                         ::ftruncate(fd.get(), static_cast<off_t>(size)) == 0 &&
                         WriteAll(fd.get(), TableOffset(), std::as_bytes(std::span(header)));
    if (written && storage::SystemFiles().Rename(fresh, path_)) {
        fd_ = std::move(fd);
        return true;
    }
    const int error = errno;
    ::unlink(fresh.c_str());
    if (written && error == EEXIST) return false;
    util::ThrowErrno(error, "cannot make " + path_.string());
}

bool CacheFile::Holds(std::size_t block, std::span<std::byte> buffer) const {
    std::array<std::uint64_t, 1> hash{};
    const std::uint64_t entry = TableOffset() + sizeof(Header) + block * sizeof hash;
    if (!ReadAll(fd_.get(), entry, std::as_writable_bytes(std::span(hash))) || hash[0] == 0)
        return false;
    const auto data = buffer.first(BlockSize(block));
    return ReadAll(fd_.get(), block * kBlockBytes, data) && HashOf(data) == hash[0];
}

void CacheFile::Write(std::size_t block, std::span<const std::byte> data) {
    const std::array<std::uint64_t, 1> hash{HashOf(data)};
    const std::uint64_t entry = TableOffset() + sizeof(Header) + block * sizeof hash;
    if (!WriteAll(fd_.get(), block * kBlockBytes, data) ||
        !WriteAll(fd_.get(), entry, std::as_bytes(std::span(hash))))
        util::ThrowErrno("cannot write " + path_.string());
}

void CacheFile::Touch() noexcept {
    const std::array<timespec, 2> now{timespec{0, UTIME_OMIT}, timespec{0, UTIME_NOW}};
    ::futimens(fd_.get(), now.data());
}

}  // namespace aircheck::webapi
