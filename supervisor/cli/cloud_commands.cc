// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include <memory>

#include "supervisor/cli/cloud.h"
#include "supervisor/cli/instance.h"

namespace aircheck::cli {
namespace {

using Command = int (*)(const config::Config&, const CloudOptions&);

CLI::App* Add(CLI::App& cloud, const std::shared_ptr<CloudOptions>& options,
              std::function<int()>& run, const char* name, const char* purpose, Command command) {
    auto* app = cloud.add_subcommand(name, purpose);
    app->add_option("STATION", options->station, "The station; default: all");
    auto* config = app->add_option("--config", options->config_file, "The configuration file");
    config->type_name("FILE");
    app->add_option("--storage", options->storage, "Or its storage folder")
        ->type_name("DIR")
        ->excludes(config);
    app->add_flag("--json", options->as_json, "Print it as JSON");
    app->callback([options, &run, command] {
        run = [options, command] {
            return command(FindConfig(options->config_file, options->storage), *options);
        };
    });
    return app;
}

}  // namespace

void AddCloudCommands(CLI::App& app, std::function<int()>& run) {
    auto* cloud =
        app.add_subcommand("cloud", "Show, check and tidy what this archive has in its cloud");
    cloud->require_subcommand(1);
    const auto options = std::make_shared<CloudOptions>();
    Add(*cloud, options, run, "size", "What is stored per station, and what it costs", CloudSize)
        ->footer(
            "The cost is that of `price_per_gb` in the configuration's `cloud:`.\n\n"
            "Example:\n  aircheck cloud size --config /etc/aircheck/aircheck.yaml");
    Add(*cloud, options, run, "list", "Every object, and what should be there and is not",
        CloudList)
        ->footer(
            "Example:\n  aircheck cloud list kpcc --json | jq '.[] | "
            "select(.state != \"stored\")'");
    auto* verify =
        Add(*cloud, options, run, "verify", "Compare what is there with the catalog", CloudVerify);
    verify->add_flag("--deep", options->deep,
                     "Read every byte: compare with the file where it is here, else the sound");
    verify->footer(
        "Exit code: 1 if anything is missing or wrong.\n\n"
        "Example:\n  aircheck cloud verify kpcc --deep");
    auto* unlink =
        Add(*cloud, options, run, "unlink",
            "Name objects that the catalog knows nothing of, and remove them", CloudUnlink);
    unlink->add_flag("--yes", options->yes, "Remove them");
    unlink->add_flag("--all", options->all, "Even if that is most of what is there");
    unlink->footer(
        "`aircheck reindex` takes them into the catalog instead.\n\n"
        "Examples:\n  aircheck cloud unlink\n  aircheck cloud unlink --yes");
}

}  // namespace aircheck::cli
