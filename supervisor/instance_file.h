// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/config/config.h"
#include "common/storage/pid_file.h"

namespace aircheck::supervisor {

/// Makes the storage folder what it must be, and takes its PID file, by which there is one
/// supervisor. `beside_older`: another one has stepped back for this one. Throws std::runtime_error
/// with a sentence for the operator, who is told who is running.
storage::PidFile TakeInstanceFile(const config::Config& config, bool beside_older);

/// Who is the supervisor of this storage: in the midst of a soft restart the older one.
std::optional<storage::PidFile::Holder> FindInstanceHolder(const std::filesystem::path& storage);

}  // namespace aircheck::supervisor
