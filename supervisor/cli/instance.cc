// SPDX-License-Identifier: MIT
#include "supervisor/cli/instance.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "common/storage/paths.h"
#include "supervisor/instance_file.h"
#include "supervisor/programs.h"

namespace aircheck::cli {
namespace {

namespace fs = std::filesystem;

config::Config Load(const fs::path& config_file) {
    auto loaded = config::Load(config_file);
    if (loaded.ok()) return std::move(loaded.config);
    std::string text = "the configuration has problems:";
    for (const auto& problem : loaded.problems) text += "\n  " + problem.Text();
    throw std::runtime_error(text);
}

}  // namespace

fs::path ExpandPath(const std::string& path) {
    if (path == "~" || path.starts_with("~/")) {
        const char* home = std::getenv("HOME");
        if (!home || !*home) throw std::runtime_error(path + ": HOME is not set");
        return fs::path(home) / path.substr(path == "~" ? 1 : 2);
    }
    return fs::absolute(path).lexically_normal();
}

config::Config FindConfig(const std::string& config_file, const std::string& storage) {
    config::Config config;
    if (!storage.empty()) {
        config.storage = ExpandPath(storage);
    } else if (!config_file.empty()) {
        config = Load(config_file);
    } else if (const auto found = supervisor::FindConfigFile()) {
        config = Load(*found);
    } else {
        config.storage = ExpandPath(kDefaultStorage);
    }
    return config;
}

fs::path FindStorage(const std::string& config_file, const std::string& storage) {
    return FindConfig(config_file, storage).storage;
}

Instance FindInstance(const std::string& config_file, const std::string& storage) {
    Instance instance{FindStorage(config_file, storage)};
    const auto holder = supervisor::FindInstanceHolder(instance.storage);
    if (!holder) {
        throw std::runtime_error("no aircheckd is running with the storage " +
                                 instance.storage.string() +
                                 " (--config FILE or --storage DIR name another)");
    }
    instance.pid = holder->pid;
    return instance;
}

}  // namespace aircheck::cli
