// SPDX-License-Identifier: MIT
#include "supervisor/cli/tap_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "supervisor/cli/instance.h"
#include "supervisor/cli/make_tap_key.h"
#include "supervisor/cli/tap.h"
#include "supervisor/cli/top.h"
#include "supervisor/tap_key.h"

namespace aircheck::cli {
namespace {

/// Which tap is meant, as the command line says it.
struct Where {
    std::string config_file;
    std::string storage;
    std::string endpoint;
    std::string server_key;
    std::string key_file;

    TapSource Find() const {
        if (endpoint.empty()) return TapSource::Of(FindInstance(config_file, storage).storage);
        TapSource source{.endpoint = endpoint, .server_key = server_key, .key = {}};
        if (!key_file.empty()) source.key = supervisor::ReadTapKey(key_file);
        return source;
    }
};

void AddWhere(CLI::App& command, Where& where) {
    auto* config = command.add_option("--config", where.config_file,
                                      "The configuration file of the aircheckd that is meant");
    config->type_name("FILE");
    auto* storage = command.add_option("--storage", where.storage, "Or its storage folder");
    storage->type_name("DIR")->excludes(config);
    auto* connect = command.add_option("--connect", where.endpoint,
                                       "Or its endpoint on another machine, tcp://host:port");
    connect->type_name("ENDPOINT")->excludes(config)->excludes(storage);
    auto* server = command.add_option("--server-key", where.server_key,
                                      "The public key of that, where it has one");
    server->type_name("KEY")->needs(connect);
    server->check([](const std::string& key) {
        return supervisor::IsKey(key) ? "" : "expected a key of 40 characters";
    });
    command.add_option("--key", where.key_file, "Our own key, made by aircheck tap-key --client")
        ->type_name("FILE")
        ->needs(server);
}

void AddTap(CLI::App& app, std::function<int()>& run) {
    struct Line {
        Where where;
        TapOptions options;
    };
    const auto line = std::make_shared<Line>();
    auto* command = app.add_subcommand(
        "tap", "Print what happens as it happens: a topic and a JSON object per line");
    command->add_option("PREFIX", line->options.prefixes,
                        "Only topics that begin so: heartbeat., station., worker., segment.,\n"
                        "splice., restart., title., silence., machine.");
    command->add_flag("--json", line->options.as_json,
                      "Print one JSON object per line, with the topic in it");
    command->add_flag("--times", line->options.times, "Begin each line with the time (UTC)");
    AddWhere(*command, line->where);
    command->footer(
        "What was missed, because this or the network was too slow, is told on standard error.\n\n"
        "Examples:\n  aircheck tap\n  aircheck tap title.kpcc station.kpcc\n"
        "  aircheck tap --json segment. | jq -r 'select(.event == \"closed\") | .file'");
    command->callback(
        [line, &run] { run = [line] { return PrintTap(line->where.Find(), line->options); }; });
}

void AddTop(CLI::App& app, std::function<int()>& run) {
    struct Line {
        Where where;
        bool once = false;
    };
    const auto line = std::make_shared<Line>();
    auto* command = app.add_subcommand(
        "top", "Show live what stations and workers do: rates over time, ages, last causes");
    command->add_flag("--once", line->once, "Print it once");
    AddWhere(*command, line->where);
    command->footer("Ctrl-C ends it. Where the output is no terminal, it is printed once.");
    command->callback(
        [line, &run] { run = [line] { return Top(line->where.Find(), line->once); }; });
}

void AddTapKey(CLI::App& app, std::function<int()>& run) {
    struct Line {
        std::string file;
        bool is_client = false;
    };
    const auto line = std::make_shared<Line>();
    auto* command = app.add_subcommand("tap-key", "Make a key pair that encrypts the tap over tcp");
    command->add_option("FILE", line->file, "The new file")->required();
    command->add_flag("--client", line->is_client, "For a client that the server is to know");
    command->footer(
        "Examples:\n  aircheck tap-key /etc/aircheck/tap.key\n"
        "  aircheck tap-key --client ~/.config/aircheck/tap.key");
    command->callback(
        [line, &run] { run = [line] { return MakeTapKey(line->file, line->is_client); }; });
}

}  // namespace

void AddTapCommands(CLI::App& app, std::function<int()>& run) {
    AddTap(app, run);
    AddTop(app, run);
    AddTapKey(app, run);
}

}  // namespace aircheck::cli
