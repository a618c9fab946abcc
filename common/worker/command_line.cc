// SPDX-License-Identifier: MIT
#include "common/worker/command_line.h"

#include <CLI/CLI.hpp>

#include <sstream>
#include <utility>

namespace aircheck::worker {
namespace {

void Define(CLI::App& app, Arguments& out) {
    app.set_version_flag("--version", AIRCHECK_VERSION);
    app.add_option("--config", out.config, "configuration file")->required();
    app.add_option("--accepted", out.accepted, "copy of it to read instead");
    app.add_option("--name", out.name, "name in logs and messages");
    app.add_option("--control", out.control, "the supervisor's control endpoint");
    app.add_option("--generation", out.generation, "of the supervisor")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--supervisor-pid", out.supervisor_pid, "process to outlive only for a while")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--station", out.stations, "what to record; all without --control");
    app.add_flag("--caretaker", out.caretaker, "look after stations that were removed, too");
    app.add_flag("--standby", out.standby, "wait to be activated");
    app.add_option("--black-box", out.black_box, "inherited memory for last words")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--listen-fd", out.listen_fds, "inherited listening sockets")
        ->check(CLI::NonNegativeNumber);
}

}  // namespace

std::vector<std::string> Arguments::ToCommandLine() const {
    std::vector<std::string> line{"--config", config, "--name", name};
    if (!control.empty()) line.insert(line.end(), {"--control", control});
    line.insert(line.end(), {"--generation", std::to_string(generation)});
    line.insert(line.end(), {"--supervisor-pid", std::to_string(supervisor_pid)});
    if (!accepted.empty()) line.insert(line.end(), {"--accepted", accepted});
    if (caretaker) line.emplace_back("--caretaker");
    if (standby) line.emplace_back("--standby");
    if (black_box >= 0) line.insert(line.end(), {"--black-box", std::to_string(black_box)});
    if (!stations.empty()) line.emplace_back("--station");
    line.insert(line.end(), stations.begin(), stations.end());
    if (!listen_fds.empty()) line.emplace_back("--listen-fd");
    for (const int fd : listen_fds) line.push_back(std::to_string(fd));
    return line;
}

CommandLine ParseCommandLine(int argc, const char* const* argv, const std::string& role) {
    Arguments arguments;
    CLI::App app("The " + role + " of Aircheck. aircheckd starts it.", "aircheck-" + role);
    Define(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream text;
        const bool asked = app.exit(error, text, text) == 0;  // --help, --version
        return {.arguments = std::nullopt,
                .text = text.str(),
                .exit_code = asked ? 0 : kExitConfiguration};
    }
    if (arguments.name.empty()) arguments.name = role + "-0";
    return {.arguments = std::move(arguments), .text = "", .exit_code = 0};
}

}  // namespace aircheck::worker
