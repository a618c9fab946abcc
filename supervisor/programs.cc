// SPDX-License-Identifier: MIT
#include "supervisor/programs.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace aircheck::supervisor {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> ConfigFiles() {
    std::vector<fs::path> files{"aircheck.yaml"};
    if (const char* home = std::getenv("HOME"); home && *home) {
        files.push_back(fs::path(home) / ".config/aircheck/aircheck.yaml");
    }
    files.push_back("/etc/aircheck/aircheck.yaml");
    return files;
}

}  // namespace

fs::path OwnFolder() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

fs::path ProgramPath(const char* invoked_as) {
    const std::string_view name = invoked_as ? invoked_as : "";
    if (name.find('/') != std::string_view::npos) return fs::absolute(name).lexically_normal();
    const char* path = std::getenv("PATH");
    for (std::string_view rest = path ? path : ""; !rest.empty() && !name.empty();) {
        const auto colon = rest.find(':');
        fs::path place = fs::absolute(rest.substr(0, colon)) / name;
        if (access(place.c_str(), X_OK) == 0) return place;
        rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    }
    return fs::read_symlink("/proc/self/exe");
}

fs::path FindProgram(const fs::path& own_folder, std::string_view name) {
    const auto dash = name.find('-');
    const fs::path parent = own_folder.parent_path();
    std::vector<fs::path> places{own_folder / name, parent / "libexec/aircheck" / name};
    if (dash != std::string_view::npos) places.push_back(parent / name.substr(dash + 1) / name);
    std::string tried;
    for (const auto& place : places) {
        if (access(place.c_str(), X_OK) == 0) return place;
        tried += (tried.empty() ? "" : ", ") + place.string();
    }
    throw std::runtime_error("the program " + std::string(name) +
                             " is missing; it was looked for as " + tried);
}

std::optional<fs::path> FindConfigFile() {
    std::error_code ignored;
    for (const auto& file : ConfigFiles()) {
        if (fs::exists(file, ignored)) return file;
    }
    return std::nullopt;
}

std::string NoConfigFileText() {
    std::string text = "no configuration file; these were looked for:\n";
    for (const auto& file : ConfigFiles()) text += "  " + file.string() + "\n";
    return text +
           "Name one with --config FILE, or record a station without one:\n"
           "  aircheck record https://stream.example.org/live.mp3";
}

}  // namespace aircheck::supervisor
