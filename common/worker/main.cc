// SPDX-License-Identifier: MIT
#include "common/log/log.h"
#include "common/storage/clock_file.h"
#include "common/storage/paths.h"
#include "common/util/error.h"
#include "common/worker/command_line.h"
#include "common/worker/file_limit.h"
#include "common/worker/worker.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

namespace aircheck::worker {
namespace {

/// What nobody catches, or crosses a border that lets nothing through, is told before the end.
[[noreturn]] void TellOfTermination() noexcept {
    if (const auto error = std::current_exception()) {
        log::error("an exception was not caught: {}", util::DescribeException(error));
    } else {
        log::error("std::terminate was called");
    }
    std::abort();
}

/// The log and threads that outlive `Main` go on with it.
std::shared_ptr<BlackBox> OpenBlackBox(int fd) {
    auto box = std::make_shared<BlackBox>(BlackBox::Inherit(fd));
    if (fd >= 0) log::AlsoTo([box](std::string_view line) { box->Log(line); });
    return box;
}

int RunWorker(Arguments arguments, const std::string& role,
              const std::function<int(Worker&)>& body) {
    auto box = OpenBlackBox(arguments.black_box);
    const std::string& copy = arguments.accepted.empty() ? arguments.config : arguments.accepted;
    const config::LoadResult loaded = config::LoadCopy(copy, arguments.config);
    if (!loaded.ok()) {
        for (const config::Problem& problem : loaded.problems) log::error("{}", problem.Text());
        return kExitConfiguration;
    }
    log::SetLevel(loaded.config.loglevel);
    RaiseFileLimit();
    storage::GoByClockFile(storage::Layout(loaded.config.storage).ClockFile());
    Worker worker(std::move(arguments), loaded.config, role, std::move(box));
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
    std::set_terminate(&TellOfTermination);
    try {
        return RunWorker(*std::move(line.arguments), role, body);
    } catch (const std::exception& error) {
        log::error("{} cannot go on: {}", role, util::DescribeException(error));
        return EXIT_FAILURE;
    }
}

}  // namespace aircheck::worker
