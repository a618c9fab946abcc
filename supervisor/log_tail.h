// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/worker/black_box.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// What is new in the log of one name, through all the processes that have it one after the other.
/// Pure but for the memory that it looks at.
class LogTail {
public:
    /// Of the process that has the black box; nullopt if it has written nothing since the last
    /// time. `now` in Unix s.
    std::optional<proto::LogEvent> Look(const std::string& name, pid_t pid,
                                        const worker::BlackBox& box, double now);

private:
    pid_t pid_ = 0;
    std::uint64_t before_ = 0;  // lines of the processes before
    std::uint64_t told_ = 0;    // lines of the present one
};

}  // namespace aircheck::supervisor
