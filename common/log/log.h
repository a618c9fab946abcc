// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <string_view>

namespace aircheck::log {

/// Sends the log to standard error, each line with UTC time, `process` and level. Call once,
/// first thing in main. Messages start with the station or worker they are about.
void SetUp(const std::string& process);

/// debug, info, warn, error: as `loglevel` in the configuration. False for any other word.
bool SetLevel(std::string_view level);

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

}  // namespace aircheck::log
