// SPDX-License-Identifier: MIT
#include "common/storage/quiet_io.h"

#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace aircheck::storage {
namespace {

constexpr int kNice = 10;

/// Less than a tenth is what a slice or two of it leaves.
constexpr std::size_t kNoticeable = 10;

bool IsInMemory(int file, std::uint64_t bytes) noexcept {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (bytes == 0) return false;
    void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) return true;
    bool in_memory = true;
    try {
        std::vector<unsigned char> pages((bytes + page - 1) / page);
        if (::mincore(mapped, bytes, pages.data()) == 0) {
            const auto there = static_cast<std::size_t>(
                std::ranges::count_if(pages, [](unsigned char flags) { return flags & 1; }));
            in_memory = there * kNoticeable > pages.size();
        }
    } catch (const std::bad_alloc&) {
        // Then everything stays as it is.
    }
    ::munmap(mapped, bytes);
    return in_memory;
}

}  // namespace

void BeQuiet() noexcept {
    // Both are of the calling thread alone.
    ::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

void BeIdle() noexcept {
    BeQuiet();
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_IDLE, &none);  // of the calling thread alone, too
}

PassingRead::PassingRead(int file, std::uint64_t bytes) noexcept
    : file_(file), was_in_memory_(IsInMemory(file, bytes)) {
    ::posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
}

PassingRead::~PassingRead() {
    if (!was_in_memory_) ::posix_fadvise(file_, 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace aircheck::storage
