// SPDX-License-Identifier: MIT
#pragma once

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aircheck::log {

/// Sends the log to standard error, each line with UTC time, `process` and level. Call once,
/// first thing in main. Messages start with the station or worker they are about.
void SetUp(const std::string& process);

/// Gives each line to `take` too, as it stands on standard error. From the thread that logs, but
/// never from two at once; `take` must not log. To be called before there are other threads.
void AlsoTo(std::function<void(std::string_view line)> take);

/// debug, info, warn, error: as `loglevel` in the configuration. False for any other word.
bool SetLevel(std::string_view level);

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

}  // namespace aircheck::log
