// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace aircheck::worker {

/// What the kernel says about a process.
struct ProcessStatus {
    std::uint64_t resident_bytes = 0;
    std::uint64_t peak_bytes = 0;
    int threads = 0;
};

/// The text of /proc/{pid}/status (proc(5)); what is missing stays 0.
ProcessStatus ParseProcessStatus(std::string_view text);

/// Of this process. All 0 if /proc is not there.
ProcessStatus ReadProcessStatus() noexcept;

}  // namespace aircheck::worker
