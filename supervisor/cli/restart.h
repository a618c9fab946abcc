// SPDX-License-Identifier: MIT
#pragma once

#include "supervisor/cli/instance.h"

namespace aircheck::cli {

/// `aircheck restart`: a soft restart, told step by step until the old processes have ended.
/// Answers the exit code: 1 if it failed and all is as before. Interrupting it changes nothing.
int Restart(const Instance& instance);

/// `aircheck reload`: makes aircheckd read its configuration again. Answers the exit code: 1 if it
/// was refused, and nothing has changed.
int Reload(const Instance& instance);

}  // namespace aircheck::cli
