// SPDX-License-Identifier: MIT
#include "webapi/metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

namespace aircheck::webapi {

namespace {

/// Of proc_pid_stat(5), counted from 1 as there.
constexpr int kStartTimeField = 22;
constexpr int kVirtualSizeField = 23;
constexpr int kResidentField = 24;

struct ProcessStat {
    std::uint64_t start_ticks = 0;  // since boot
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_pages = 0;
};

ProcessStat ReadStat() {
    std::ifstream file("/proc/self/stat");
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    // Behind the program's name, which may have anything in it, comes field 3.
    const std::size_t name_end = whole.rfind(')');
    ProcessStat stat;
    if (name_end == std::string::npos) return stat;
    std::istringstream fields(whole.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= kResidentField && fields >> field; ++number) {
        std::uint64_t* wanted = number == kStartTimeField     ? &stat.start_ticks
                                : number == kVirtualSizeField ? &stat.virtual_bytes
                                : number == kResidentField    ? &stat.resident_pages
                                                              : nullptr;
        if (wanted != nullptr) *wanted = std::stoull(field);
    }
    return stat;
}

double Seconds(const timeval& value) {
    return static_cast<double>(value.tv_sec) + static_cast<double>(value.tv_usec) / 1e6;
}

std::uint64_t OpenFiles() {
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    // One of them is that of the look itself.
    return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(files), end(files))) - 1;
}

}  // namespace

void AddProcessMetrics(Exposition& text, std::string_view worker, time::SysTime now) {
    const std::pair<std::string_view, std::string_view> label{"worker", worker};
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const ProcessStat stat = ReadStat();
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const double since_boot = std::chrono::duration<double>(time::SinceBoot()).count();
    const double age = since_boot - static_cast<double>(stat.start_ticks) / ticks;

    text.Counter("process_cpu_seconds_total", "Processor time of this web worker.");
    text.Sample({label}, Seconds(usage.ru_utime) + Seconds(usage.ru_stime));
    text.Gauge("process_resident_memory_bytes", "Resident memory of this web worker.");
    text.Sample({label}, stat.resident_pages * page);
    text.Gauge("process_virtual_memory_bytes", "Virtual memory of this web worker.");
    text.Sample({label}, stat.virtual_bytes);
    text.Gauge("process_open_fds", "Open file descriptors of this web worker.");
    text.Sample({label}, OpenFiles());
    text.Gauge("process_max_fds", "Most file descriptors that it may have.");
    text.Sample({label}, static_cast<std::uint64_t>(files.rlim_cur));
    text.Gauge("process_start_time_seconds", "When this web worker was started, in Unix seconds.");
    text.Sample({label}, time::ToUnixSeconds(now) - age);
}

}  // namespace aircheck::webapi
