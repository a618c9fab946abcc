// SPDX-License-Identifier: MIT
#include "common/worker/process_status.h"

#include "common/util/unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace aircheck::worker {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

std::uint64_t Number(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + key.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

ProcessStatus ParseProcessStatus(std::string_view text) {
    return {.resident_bytes = Number(text, "\nVmRSS:") * kKibibyte,
            .peak_bytes = Number(text, "\nVmHWM:") * kKibibyte,
            .threads = static_cast<int>(Number(text, "\nThreads:"))};
}

ProcessStatus ReadProcessStatus() noexcept {
    static const util::UniqueFd file(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> text;
    const ssize_t size = file ? ::pread(file.get(), text.data(), text.size(), 0) : 0;
    if (size <= 0) return {};
    return ParseProcessStatus({text.data(), static_cast<std::size_t>(size)});
}

}  // namespace aircheck::worker
