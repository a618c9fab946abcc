// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "common/config/config.h"
#include "common/log/log.h"
#include "common/storage/clock_file.h"
#include "common/storage/paths.h"
#include "common/takeover/channel.h"
#include "common/util/error.h"
#include "common/worker/black_box.h"
#include "supervisor/accepted_config.h"
#include "supervisor/predecessor.h"
#include "supervisor/programs.h"
#include "supervisor/service_environment.h"
#include "supervisor/supervisor.h"
#include "supervisor/worker_plan.h"

namespace {

using namespace aircheck;

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;

struct Options {
    std::string config;
    int take_over_from = -1;
    bool check = false;
};

std::filesystem::path ConfigFile(const std::string& named) {
    if (!named.empty()) return std::filesystem::absolute(named);
    if (const auto found = supervisor::FindConfigFile()) return std::filesystem::absolute(*found);
    throw std::runtime_error(supervisor::NoConfigFileText());
}

/// Nothing if there are problems, which have been printed then.
std::optional<config::Config> LoadConfig(const std::filesystem::path& file) {
    auto loaded = config::Load(file);
    for (const auto& problem : loaded.problems) {
        std::fprintf(stderr, "%s\n", problem.Text().c_str());
    }
    if (!loaded.ok()) return std::nullopt;
    return std::move(loaded.config);
}

/// For an older supervisor, which wants to know before it begins.
int Check(const Options& options, takeover::Channel channel) {
    std::string reason;
    try {
        supervisor::CheckPrograms(supervisor::OwnFolder());
        const auto loaded = config::Load(options.config);
        reason = supervisor::WhyRefused(loaded);
    } catch (const std::exception& error) {
        reason = util::DescribeException(error);
    }
    supervisor::AnswerCheck(channel, reason);
    return reason.empty() ? 0 : kExitError;
}

/// Not before the descriptors that a service manager passes are taken: theirs have numbers that
/// nothing else may have then.
std::shared_ptr<const worker::BlackBox> RememberLog() {
    auto box = std::make_shared<worker::BlackBox>(worker::BlackBox::Create());
    log::AlsoTo([box](std::string_view line) { box->Log(line); });
    return box;
}

int Supervise(const Options& options, std::filesystem::path program) {
    supervisor::SupervisorStart start;
    if (options.take_over_from >= 0) {
        takeover::Channel channel{util::UniqueFd(options.take_over_from)};
        if (options.check) return Check(options, std::move(channel));
        auto inheritance = supervisor::AwaitInheritance(channel);
        start.heir.emplace(
            supervisor::SupervisorStart::Heir{std::move(inheritance), std::move(channel)});
    } else {
        start.service = supervisor::TakeServiceEnvironment();
    }
    start.log = RememberLog();
    auto config = LoadConfig(ConfigFile(options.config));
    if (!config) return kExitError;
    start.config = *std::move(config);
    start.program = std::move(program);
    start.own_folder = supervisor::OwnFolder();
    log::SetLevel(start.config.loglevel);
    storage::GoByClockFile(storage::Layout(start.config.storage).ClockFile());
    log::info("version " AIRCHECK_VERSION ", {} stations from {}, recording to {}",
              start.config.stations.size(), start.config.file.string(),
              start.config.storage.string());
    return supervisor::Supervisor(std::move(start)).Run();
}

int Run(const Options& options, const char* invoked_as) {
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go
    log::SetUp("aircheckd");
    try {
        return Supervise(options, supervisor::ProgramPath(invoked_as));
    } catch (const std::exception& error) {
        log::error("{}", util::DescribeException(error));
        return kExitError;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Records internet radio around the clock and serves any moment of it. Starts, watches and\n"
        "restarts the processes that do so; stops them in order on SIGTERM or SIGINT. SIGHUP "
        "reloads\n"
        "the configuration, SIGUSR2 starts everything anew without losing a frame.");
    Options options;
    app.add_option("--config", options.config, "Configuration file (YAML)")->type_name("FILE");
    // Between two supervisors only: not for people.
    app.add_option("--take-over-from", options.take_over_from)->group("");
    app.add_flag("--check", options.check)->group("");
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
    return Run(options, argv[0]);
}
