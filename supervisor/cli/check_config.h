// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/config/config.h"

namespace aircheck::cli {

/// `aircheck check-config [FILE]`: prints every problem, or what the file says. Answers the exit
/// code.
int CheckConfig(const std::string& file);

/// "kpcc: https://stream.example.org/kpcc.mp3 (and 2 more), America/Los_Angeles, kept for 14d"
std::string StationSummary(const config::Config& config, const config::StationConfig& station);

}  // namespace aircheck::cli
