// SPDX-License-Identifier: MIT
#include "common/log/log.h"
#include "common/util/error.h"
#include "common/worker/command_line.h"
#include "common/worker/file_limit.h"
#include "common/worker/worker.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace aircheck::worker {
namespace {

int RunWorker(Arguments arguments, const std::string& role,
              const std::function<int(Worker&)>& body) {
    const std::string& copy = arguments.accepted.empty() ? arguments.config : arguments.accepted;
    const config::LoadResult loaded = config::LoadCopy(copy, arguments.config);
    if (!loaded.ok()) {
        for (const config::Problem& problem : loaded.problems) log::error("{}", problem.Text());
        return kExitConfiguration;
    }
    log::SetLevel(loaded.config.loglevel);
    RaiseFileLimit();
    Worker worker(std::move(arguments), loaded.config, role);
    return body(worker);
}

}  // namespace

int Main(int argc, char** argv, std::string role, const std::function<int(Worker&)>& body) {
    CommandLine line = ParseCommandLine(argc, argv, role);
    if (!line.arguments) {
        std::fputs(line.text.c_str(), line.exit_code == 0 ? stdout : stderr);
        return line.exit_code;
    }
    log::SetUp(line.arguments->name);
    try {
        return RunWorker(*std::move(line.arguments), role, body);
    } catch (const std::exception& error) {
        log::error("{} cannot go on: {}", role, util::DescribeException(error));
        return EXIT_FAILURE;
    }
}

}  // namespace aircheck::worker
