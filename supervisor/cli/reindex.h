// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace aircheck::cli {

/// Makes the catalog of a storage folder anew from the recordings in it, as far as it does not know
/// them; a broken one is set aside. Works beside a running aircheckd. Tells on standard output what
/// it found. Answers the exit code.
int Reindex(const std::filesystem::path& storage);

}  // namespace aircheck::cli
