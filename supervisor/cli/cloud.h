// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "common/config/config.h"

namespace CLI {
class App;
}

namespace aircheck::cli {

struct CloudOptions {
    std::string config_file;
    std::string storage;
    std::string station;  // "": all
    bool as_json = false;
    bool deep = false;  // verify: read the bytes
    bool yes = false;   // unlink: remove what was named
    bool all = false;   // unlink: even if that is most of what is there
};

/// Adds `cloud size`, `list`, `verify` and `unlink`. The one that is called sets `run`, which
/// outlives the parsing.
void AddCloudCommands(CLI::App& app, std::function<int()>& run);

/// What is stored, by station, and what it costs. Each answers the exit code, 1 for an archive
/// that is not as the catalog says.
int CloudSize(const config::Config& config, const CloudOptions& options);

/// Every object, and every row whose object is gone.
int CloudList(const config::Config& config, const CloudOptions& options);

/// Compares each object's size with its row's; `deep`: reads it, and compares it with the file
/// where that is here as well, else its sound with what the catalog knows of it.
int CloudVerify(const config::Config& config, const CloudOptions& options);

/// Names the objects without a row, and removes them if that was confirmed.
int CloudUnlink(const config::Config& config, const CloudOptions& options);

}  // namespace aircheck::cli
