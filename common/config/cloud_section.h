// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "common/config/config.h"
#include "common/config/problems.h"
#include "common/config/section.h"

namespace aircheck::config {

/// The section `cloud`, with secrets from the files that it names and from the environment.
/// `folder` is the configuration's.
CloudConfig ReadCloud(const Entry& entry, const std::filesystem::path& folder, Problems* problems);

}  // namespace aircheck::config
