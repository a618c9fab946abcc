// SPDX-License-Identifier: MIT
#include "common/storage/pid_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <string>
#include <system_error>

#include "common/storage/folder_lock.h"
#include "common/util/error.h"

namespace aircheck::storage {
namespace {

/// Others hold the folder's lock for moments only, unless they have been stopped just then.
constexpr std::chrono::seconds kPatience{2};

pid_t ReadPid(int fd) {
    std::array<char, 32> text;
    const ssize_t length = ::pread(fd, text.data(), text.size(), 0);
    pid_t pid = 0;
    if (length > 0) std::from_chars(text.data(), text.data() + length, pid);
    return pid > 0 ? pid : 0;
}

/// Who has a lock on the file, if anybody. The folder's lock must be held: it keeps this probe
/// from looking like a holder to a process that is starting.
std::optional<PidFile::Holder> Probe(const std::filesystem::path& path) {
    const util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        if (errno == ENOENT) return std::nullopt;
        util::ThrowErrno("cannot open " + path.string());
    }
    if (::flock(fd.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;
    if (errno != EWOULDBLOCK) util::ThrowErrno("cannot lock " + path.string());
    return PidFile::Holder{ReadPid(fd.get())};
}

void WritePid(int fd, const std::filesystem::path& path) {
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) util::ThrowErrno("cannot lock " + path.string());
    errno = ENOSPC;  // what a short write means
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        util::ThrowErrno("cannot write " + path.string());
}

}  // namespace

PidFile::PidFile(std::filesystem::path path, util::UniqueFd fd)
    : path_(std::move(path)), fd_(std::move(fd)) {}

std::variant<PidFile, PidFile::Holder> PidFile::Acquire(const std::filesystem::path& path) {
    const util::UniqueFd folder = LockFolder(path.parent_path(), LockKind::kExclusive, kPatience);
    if (const auto holder = Probe(path)) return *holder;

    // Written and locked under another name, so that nobody ever sees it empty or unlocked.
    std::filesystem::path fresh = path;
    fresh += ".new";
    ::unlink(fresh.c_str());
    util::UniqueFd fd(::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) util::ThrowErrno("cannot make " + fresh.string());
    WritePid(fd.get(), fresh);
    if (::rename(fresh.c_str(), path.c_str()) != 0)
        util::ThrowErrno("cannot make " + path.string());
    return PidFile(path, std::move(fd));
}

std::optional<PidFile::Holder> PidFile::Find(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::nullopt;
    const util::UniqueFd folder = LockFolder(path.parent_path(), LockKind::kShared, kPatience);
    return Probe(path);
}

void PidFile::RemoveStale(const std::filesystem::path& path) noexcept {
    try {
        const util::UniqueFd folder =
            LockFolder(path.parent_path(), LockKind::kExclusive, kPatience);
        if (!Probe(path)) ::unlink(path.c_str());
    } catch (const std::system_error&) {
        // It is in nobody's way.
    }
}

void PidFile::Rename(const std::filesystem::path& path) {
    const util::UniqueFd folder = LockFolder(path.parent_path(), LockKind::kExclusive, kPatience);
    if (::rename(path_.c_str(), path.c_str()) != 0)
        util::ThrowErrno("cannot rename " + path_.string() + " to " + path.string());
    path_ = path;
}

PidFile::~PidFile() {
    if (!fd_) return;
    // The name may have been given to another file meanwhile, as in a soft restart.
    struct stat ours {};
    struct stat named {};
    if (::fstat(fd_.get(), &ours) == 0 && ::stat(path_.c_str(), &named) == 0 &&
        ours.st_dev == named.st_dev && ours.st_ino == named.st_ino)
        ::unlink(path_.c_str());
}

}  // namespace aircheck::storage
