// SPDX-License-Identifier: MIT
// Preloaded into programs under test, it makes their wall clock step: it is off by as many
// nanoseconds as the file named by STEPPED_CLOCK holds, a std::int64_t that may change at any time.
// Nothing else does: what measures intervals goes on undisturbed.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t kNanos = 1'000'000'000;

const volatile std::int64_t* MapOffset() {
    static const volatile std::int64_t none = 0;
    const char* file = std::getenv("STEPPED_CLOCK");
    const int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return &none;
    void* mapped = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return mapped == MAP_FAILED ? &none : static_cast<const std::int64_t*>(mapped);
}

bool IsWallClock(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
    static const volatile std::int64_t* offset = MapOffset();
    const int result = real(clock, at);
    if (result != 0 || !IsWallClock(clock)) return result;
    const std::int64_t now = at->tv_sec * kNanos + at->tv_nsec + *offset;
    *at = {now / kNanos, now % kNanos};
    return 0;
}

int gettimeofday(timeval* at, void*) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    *at = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

std::time_t time(std::time_t* at) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
}
