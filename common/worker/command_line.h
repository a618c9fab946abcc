// SPDX-License-Identifier: MIT
#pragma once

#include "common/worker/worker.h"

#include <optional>
#include <string>

namespace aircheck::worker {

/// What a command line comes to: arguments, or a text to show and an exit code.
struct CommandLine {
    std::optional<Arguments> arguments;
    std::string text;
    int exit_code = 0;
};

/// Never throws for what the command line says.
CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& role);

}  // namespace aircheck::worker
