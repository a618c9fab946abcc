// SPDX-License-Identifier: MIT
#pragma once

#include "supervisor/cli/tap.h"

namespace aircheck::cli {

/// `aircheck top`: a live table on a terminal, else once. Answers the exit code.
int Top(const TapSource& source, bool once);

}  // namespace aircheck::cli
