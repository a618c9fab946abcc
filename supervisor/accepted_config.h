// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "common/config/config.h"
#include "common/storage/paths.h"

namespace aircheck::supervisor {

/// The copy of the configuration that the workers of a generation read: the text that was found
/// good. What the operator is just writing cannot keep a worker that died from coming back.
std::filesystem::path AcceptedConfigPath(const storage::Layout& layout, int generation);

/// All that is wrong with it, in one line; empty if nothing is.
std::string WhyRefused(const config::LoadResult& loaded);

/// Whole or not at all, readable for this user only: there may be secrets in it. Throws
/// std::system_error.
void WriteAcceptedConfig(const std::filesystem::path& path, const std::string& text);

void ForgetAcceptedConfig(const std::filesystem::path& path) noexcept;

}  // namespace aircheck::supervisor
