// SPDX-License-Identifier: MIT
#include "supervisor/process_stats.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/util/text.h"
#include "common/util/unique_fd.h"

namespace aircheck::supervisor {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

// "VmRSS:	    5520 kB"
std::uint64_t Number(std::string_view line) {
    const std::string_view value = util::Trim(line.substr(line.find(':') + 1));
    const auto number = util::ParseInteger(value.substr(0, value.find(' '))).value_or(0);
    return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

}  // namespace

ProcessStats ParseProcessStatus(std::string_view text) {
    ProcessStats stats;
    for (const std::string_view line : util::Split(text, '\n')) {
        if (line.starts_with("VmRSS:")) stats.memory = Number(line) * kKibibyte;
        if (line.starts_with("VmHWM:")) stats.memory_peak = Number(line) * kKibibyte;
        if (line.starts_with("Threads:")) stats.threads = static_cast<int>(Number(line));
    }
    return stats;
}

ProcessStats ReadProcessStats() {
    const util::UniqueFd file(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    std::array<char, 4096> text;
    const ssize_t size = read(file.get(), text.data(), text.size());
    return ParseProcessStatus({text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))});
}

}  // namespace aircheck::supervisor
