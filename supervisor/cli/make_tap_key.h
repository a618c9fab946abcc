// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace aircheck::cli {

/// `aircheck tap-key [--client] FILE`: makes a key pair in a new file that only its owner can read,
/// and prints what the other side needs. Answers the exit code.
int MakeTapKey(const std::string& file, bool is_client);

}  // namespace aircheck::cli
