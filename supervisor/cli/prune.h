// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/config/config.h"
#include "supervisor/cli/instance.h"

namespace aircheck::cli {

/// `aircheck prune --dry-run`: tells what retention would do now and why, also where no aircheckd
/// runs. Takes a configured cloud to work. Answers the exit code.
int PlanPrune(const config::Config& config, const std::string& station, bool as_json);

/// `aircheck prune`: has the pruner look at once, and tells what came of it. Interrupting this
/// changes nothing. Answers the exit code.
int Prune(const Instance& instance, const std::string& station);

}  // namespace aircheck::cli
