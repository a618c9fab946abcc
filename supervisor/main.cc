// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "common/config/config.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "supervisor/programs.h"
#include "supervisor/service_environment.h"
#include "supervisor/supervisor.h"

namespace {

using namespace aircheck;

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;

std::optional<config::Config> LoadConfig(const std::string& named) {
    std::filesystem::path file = named;
    if (file.empty()) {
        const auto found = supervisor::FindConfigFile();
        if (!found) {
            std::fprintf(stderr, "aircheckd: %s\n", supervisor::NoConfigFileText().c_str());
            return std::nullopt;
        }
        file = *found;
    }
    auto loaded = config::Load(std::filesystem::absolute(file));
    for (const auto& problem : loaded.problems) {
        std::fprintf(stderr, "%s\n", problem.Text().c_str());
    }
    if (!loaded.ok()) return std::nullopt;
    return std::move(loaded.config);
}

int Run(const std::string& config_file) {
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go
    log::SetUp("aircheckd");
    try {
        auto given = supervisor::TakeServiceEnvironment();
        const auto config = LoadConfig(config_file);
        if (!config) return kExitError;
        log::SetLevel(config->loglevel);
        log::info("version " AIRCHECK_VERSION ", {} stations from {}, recording to {}",
                  config->stations.size(), config->file.string(), config->storage.string());
        supervisor::Supervisor(*config, supervisor::OwnFolder(), std::move(given)).Run();
        return 0;
    } catch (const std::exception& error) {
        log::error("{}", util::DescribeException(error));
        return kExitError;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Records internet radio around the clock and serves any moment of it. Starts, watches and\n"
        "restarts the processes that do so; stops them in order on SIGTERM or SIGINT.");
    std::string config_file;
    app.add_option("--config", config_file, "Configuration file (YAML)")->type_name("FILE");
    app.set_version_flag("--version", "aircheckd " AIRCHECK_VERSION);
    app.footer(
        "Without --config: the first of ./aircheck.yaml, ~/.config/aircheck/aircheck.yaml and\n"
        "/etc/aircheck/aircheck.yaml that exists.\n\n"
        "See also: aircheck check-config, aircheck status, aircheck record URL");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kExitUsage;
    }
    return Run(config_file);
}
