// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include "common/util/error.h"
#include "supervisor/cli/beat.h"
#include "supervisor/cli/check_config.h"
#include "supervisor/cli/cloud.h"
#include "supervisor/cli/coverage.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/instance.h"
#include "supervisor/cli/prune.h"
#include "supervisor/cli/record.h"
#include "supervisor/cli/reindex.h"
#include "supervisor/cli/restart.h"
#include "supervisor/cli/status.h"
#include "supervisor/cli/tap_commands.h"

namespace {

using namespace aircheck;

/// What the command line says; `run` is the chosen command.
struct CommandLine {
    std::string config_file;
    std::string storage;
    std::string checked_file;
    bool once = false;
    bool as_json = false;
    bool dry_run = false;
    std::string station;
    cli::RecordOptions record;
    cli::BeatOptions beat;
    cli::CoverageOptions coverage;
    std::function<int()> run;
};

void AddInstanceOptions(CLI::App& command, CommandLine& line) {
    auto* config = command.add_option("--config", line.config_file,
                                      "The configuration file of the aircheckd that is meant");
    config->type_name("FILE");
    command.add_option("--storage", line.storage, "Or its storage folder")
        ->type_name("DIR")
        ->excludes(config);
}

void AddCheckConfig(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand("check-config", "Check a configuration file: all of it");
    command->add_option("FILE", line.checked_file,
                        "The file; default: the one aircheckd would use");
    command->footer("Example:\n  aircheck check-config /etc/aircheck/aircheck.yaml");
    command->callback(
        [&line] { line.run = [&line] { return cli::CheckConfig(line.checked_file); }; });
}

void AddStatus(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "status", "Show workers, stations and silent machines, live on a terminal");
    AddInstanceOptions(*command, line);
    command->add_flag("--once", line.once, "Print the table once");
    command->add_flag("--json", line.as_json, "Print it once as JSON");
    command->footer(
        "Examples:\n  aircheck status\n"
        "  aircheck status --json --storage ~/radio | jq '.stations[] | {station, state}'");
    command->callback([&line] {
        line.run = [&line] {
            return cli::Status(cli::FindInstance(line.config_file, line.storage), line.once,
                               line.as_json);
        };
    });
}

void AddCoverage(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "coverage", "Show what is recorded and what is missing, per day and half hour, and why");
    AddInstanceOptions(*command, line);
    auto& options = line.coverage;
    command->add_option("STATION", options.station, "The station; default: all, a line each");
    command->add_option("--from", options.from, "Since when; default: the last two weeks")
        ->type_name("TIME");
    command->add_option("--to", options.to, "Until when; default: now")->type_name("TIME");
    command->add_flag("--json", options.as_json, "Print all numbers as JSON");
    command->footer(
        "Times are in the station's zone: 2026-11-20, \"2026-11-20 20:30\"; or 36h, 7d: so long "
        "ago.\n\n"
        "Examples:\n  aircheck coverage kpcc\n"
        "  aircheck coverage kpcc --from 30d --json | jq '.holes[] | {start, seconds, cause}'");
    command->callback([&line] {
        line.run = [&line] {
            return cli::ShowCoverage(cli::FindConfig(line.config_file, line.storage),
                                     line.coverage);
        };
    });
}

void AddReindex(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "reindex", "Make a lost or broken catalog anew from the recordings, also while recording");
    AddInstanceOptions(*command, line);
    command->footer(
        "No recording is ever changed or deleted, and a broken catalog is kept beside the new "
        "one.\n"
        "Titles, addresses and causes that only the catalog knew are gone with it.\n\n"
        "Examples:\n  aircheck reindex --config /etc/aircheck/aircheck.yaml\n"
        "  aircheck reindex --storage ~/radio");
    command->callback([&line] {
        line.run = [&line] {
            return cli::Reindex(cli::FindConfig(line.config_file, line.storage));
        };
    });
}

void AddPrune(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "prune", "Move and delete now what is too old or too much, or show what that would be");
    AddInstanceOptions(*command, line);
    command->add_option("STATION", line.station, "The station; default: all");
    auto* dry_run = command->add_flag("--dry-run", line.dry_run,
                                      "Show what would be done, and why; change nothing");
    command->add_flag("--json", line.as_json, "Print that as JSON")->needs(dry_run);
    command->footer(
        "It is done every `prune_every` anyway, and room is made at any time.\n\n"
        "Examples:\n  aircheck prune --dry-run\n  aircheck prune kpcc\n"
        "  aircheck prune --dry-run --json | jq '.steps[] | {file, action, why}'");
    command->callback([&line] {
        line.run = [&line] {
            if (line.dry_run)
                return cli::PlanPrune(cli::FindConfig(line.config_file, line.storage), line.station,
                                      line.as_json);
            return cli::Prune(cli::FindInstance(line.config_file, line.storage), line.station);
        };
    });
}

void AddRecord(CLI::App& app, CommandLine& line) {
    auto* command =
        app.add_subcommand("record", "Record stations without a configuration file, until Ctrl-C");
    auto& options = line.record;
    options.storage = cli::kDefaultStorage;
    options.listen = "127.0.0.1:5000";
    command->add_option("URL", options.urls, "Streams or playlists")->required();
    command->add_option("--name", options.name, "What to call the station; default: from the URL")
        ->type_name("CALLSIGN");
    command->add_option("--storage", options.storage, "Where to keep everything")
        ->type_name("DIR")
        ->capture_default_str();
    command->add_option("--listen", options.listen, "Where the web API answers")
        ->type_name("ADDR")
        ->capture_default_str();
    command
        ->add_option("--timezone", options.timezone,
                     "The stations' time zone, as in Europe/Vienna; default: this machine's")
        ->type_name("ZONE");
    command->add_flag("--print-config", options.print_config,
                      "Print the configuration, to start a file of one's own, and record nothing");
    command->footer(
        "Examples:\n  aircheck record https://stream.example.org/kpcc.mp3\n"
        "  aircheck record --name kpcc --print-config stream.example.org/live > aircheck.yaml");
    command->callback([&line] { line.run = [&line] { return cli::Record(line.record); }; });
}

void AddBeat(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "beat", "Send heartbeats of this machine to an aircheckd that watches, until Ctrl-C");
    auto& options = line.beat;
    command->add_option("--host", options.host, "Where aircheckd runs")->capture_default_str();
    command->add_option("--port", options.port, "Its UDP port")
        ->check(CLI::Range(1, 65535))
        ->capture_default_str();
    command->add_option("--period", options.period, "Seconds between heartbeats, or as in 5s, 1m")
        ->capture_default_str();
    command
        ->add_option("--name", options.name,
                     "What to call this machine, where several share an address")
        ->type_name("NAME");
    command->footer(
        "aircheckd hears them where its configuration has `machines:`.\n\n"
        "Examples:\n  aircheck beat --host radio.example.org\n"
        "  aircheck beat --host 10.0.0.1 --name attic --period 5");
    command->callback([&line] { line.run = [&line] { return cli::Beat(line.beat); }; });
}

void AddRestart(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "restart", "Start everything anew, or a newer version, without losing a frame");
    AddInstanceOptions(*command, line);
    command->footer(
        "New processes start beside the old ones and take over when they do all the work too; if\n"
        "they cannot, all stays as it is. Tells each step; interrupting this changes nothing.\n\n"
        "Example:\n  aircheck restart --config /etc/aircheck/aircheck.yaml");
    command->callback([&line] {
        line.run = [&line] {
            return cli::Restart(cli::FindInstance(line.config_file, line.storage));
        };
    });
}

void AddReload(CLI::App& app, CommandLine& line) {
    auto* command = app.add_subcommand("reload", "Take over a changed configuration");
    AddInstanceOptions(*command, line);
    command->footer(
        "Stations that have not changed keep their connection. A file with problems changes\n"
        "nothing.\n\nExample:\n  aircheck reload --config /etc/aircheck/aircheck.yaml");
    command->callback([&line] {
        line.run = [&line] {
            return cli::Reload(cli::FindInstance(line.config_file, line.storage));
        };
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Operates Aircheck, the recorder that plays back any moment of internet radio.");
    CommandLine line;
    app.set_version_flag("--version", "aircheck " AIRCHECK_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Try:  aircheck record https://stream.example.org/live.mp3\n"
        "      aircheck COMMAND --help\n\nExit code: 0 done, 1 failed, 2 wrong usage.");
    AddCheckConfig(app, line);
    AddStatus(app, line);
    cli::AddTapCommands(app, line.run);
    AddRecord(app, line);
    AddRestart(app, line);
    AddReload(app, line);
    AddCoverage(app, line);
    AddReindex(app, line);
    AddPrune(app, line);
    cli::AddCloudCommands(app, line.run);
    AddBeat(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? cli::kExitOk : cli::kExitUsage;
    }
    try {
        return line.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "aircheck: %s\n", util::DescribeException(error).c_str());
        return cli::kExitError;
    }
}
