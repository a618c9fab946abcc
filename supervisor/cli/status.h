// SPDX-License-Identifier: MIT
#pragma once

#include "supervisor/cli/instance.h"

namespace aircheck::cli {

/// `aircheck status`: a live table on a terminal, else once. Answers the exit code.
int Status(const Instance& instance, bool once, bool as_json);

}  // namespace aircheck::cli
