// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/storage/paths.h"
#include "common/util/unique_fd.h"

namespace aircheck::supervisor {

/// What a supervisor that died has left in `run`.
struct Leftovers {
    struct Worker {
        std::string name;
        pid_t pid = 0;
        std::filesystem::path pid_file;
    };
    std::vector<Worker> workers;                     // that still live
    std::vector<std::string> controls;               // endpoints that they knock at
    std::vector<std::filesystem::path> web_sockets;  // that web workers may be reached by
    std::vector<std::filesystem::path> files;        // these, and all else that can be removed
    int generation = 0;                              // the last one; 0: none
};

/// Looks, and removes the PID files of processes that are dead. What the functions answer true for
/// is somebody else's.
Leftovers FindLeftovers(const storage::Layout& layout,
                        const std::function<bool(pid_t)>& is_known_process,
                        const std::function<bool(int generation)>& is_known_generation);

/// To be called when none of the workers lives any more.
void ClearAway(const Leftovers& leftovers) noexcept;

/// The listening sockets, from one of the web workers. If none of them answers, they are killed, so
/// that their addresses are free. Waits for some seconds at most.
std::vector<util::UniqueFd> AskForListeners(const Leftovers& leftovers);

}  // namespace aircheck::supervisor
