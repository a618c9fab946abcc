// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "supervisor/cli/cloud_access.h"

namespace aircheck::cli {

/// Reads an object and compares it: with the file if that is here, else by measuring its sound
/// anew. Empty if it is right, else what is wrong. Throws CloudError if the cloud cannot be asked.
std::string ReadAndCompare(CloudAccess& access, const CloudAccount::Known& known);

}  // namespace aircheck::cli
