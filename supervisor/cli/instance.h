// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "common/config/config.h"

namespace aircheck::cli {

/// Which aircheckd a command is about: the one whose configuration or storage folder was named,
/// else that of the usual configuration file, else the one of `aircheck record`.
struct Instance {
    std::filesystem::path storage;
    pid_t pid = 0;  // of the aircheckd that runs there
};

/// Where `aircheck record` keeps everything unless told otherwise.
inline constexpr const char* kDefaultStorage = "~/radio";

/// The configuration that is meant; with nothing but its storage folder where that is all that is
/// known. Throws std::runtime_error with a sentence for the operator if it cannot be read.
config::Config FindConfig(const std::string& config_file, const std::string& storage);

/// Its storage folder.
std::filesystem::path FindStorage(const std::string& config_file, const std::string& storage);

/// As FindStorage; throws, too, if nothing runs there.
Instance FindInstance(const std::string& config_file, const std::string& storage);

/// "~" and "~/…" are below $HOME; relative paths are made absolute.
std::filesystem::path ExpandPath(const std::string& path);

}  // namespace aircheck::cli
