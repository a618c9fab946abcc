// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace aircheck::supervisor {

/// The folder that the running program lies in.
std::filesystem::path OwnFolder();

/// The running program as it was called: what is installed there is started when it is to be
/// started anew. Symbolic links are not followed, since installing may mean to point them
/// elsewhere.
std::filesystem::path ProgramPath(const char* invoked_as);

/// Finds one of the sibling programs, "aircheck-downloader": beside this one, in
/// ../libexec/aircheck, or in the folder ../downloader of a build tree. Throws std::runtime_error
/// that names all the places if it is nowhere.
std::filesystem::path FindProgram(const std::filesystem::path& own_folder, std::string_view name);

/// The configuration file that is used when none is named: the first of ./aircheck.yaml,
/// ~/.config/aircheck/aircheck.yaml and /etc/aircheck/aircheck.yaml that exists.
std::optional<std::filesystem::path> FindConfigFile();

/// What to tell a person when there is none.
std::string NoConfigFileText();

}  // namespace aircheck::supervisor
