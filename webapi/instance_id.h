// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace aircheck::webapi {

/// A UUID that is another one at each start of the process `pid` (the supervisor), and the same
/// one in all its workers, however often they are restarted.
std::string InstanceId(int pid);

}  // namespace aircheck::webapi
