// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace aircheck::supervisor {

/// What this process uses, from /proc/self/status (proc(5)). Zero where it does not say.
struct ProcessStats {
    std::uint64_t memory = 0;  // bytes resident
    std::uint64_t memory_peak = 0;
    int threads = 0;
};

ProcessStats ReadProcessStats();
ProcessStats ParseProcessStatus(std::string_view text);

}  // namespace aircheck::supervisor
