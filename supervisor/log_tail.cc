// SPDX-License-Identifier: MIT
#include "supervisor/log_tail.h"

#include <utility>

namespace aircheck::supervisor {

std::optional<proto::LogEvent> LogTail::Look(const std::string& name, pid_t pid,
                                             const worker::BlackBox& box, double now) {
    if (std::exchange(pid_, pid) != pid) before_ += std::exchange(told_, 0);
    const std::uint64_t newest = box.Newest();
    if (std::exchange(told_, newest) == newest) return std::nullopt;
    proto::LogEvent event;
    event.name = name;
    event.lines = box.Read().last_lines;
    event.last = before_ + newest;
    event.time = now;
    return event;
}

}  // namespace aircheck::supervisor
