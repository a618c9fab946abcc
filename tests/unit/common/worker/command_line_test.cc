// SPDX-License-Identifier: MIT
#include "common/worker/command_line.h"

#include "common/worker/process_status.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aircheck::worker {
namespace {

CommandLine Parse(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv{"aircheck-webapi"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return ParseCommandLine(static_cast<int>(argv.size()), argv.data(), "webapi");
}

TEST(CommandLine, ParsesBackWhatTheSupervisorPasses) {
    const Arguments given{.config = "/etc/with space.yaml",
                          .accepted = "/x/run/accepted-1.yaml",
                          .name = "webapi-2",
                          .control = "ipc:///x/run/control-3",
                          .generation = 3,
                          .supervisor_pid = 4711,
                          .stations = {"kpcc", "kqed"},
                          .caretaker = true,
                          .standby = true,
                          .black_box = 6,
                          .listen_fds = {3, 4, 5}};
    const CommandLine line = Parse(given.ToCommandLine());
    ASSERT_TRUE(line.arguments) << line.text;
    EXPECT_EQ(given.ToCommandLine(), line.arguments->ToCommandLine());
    EXPECT_EQ(given.listen_fds, line.arguments->listen_fds);
    EXPECT_EQ(given.black_box, line.arguments->black_box);
    EXPECT_EQ(given.control, line.arguments->control);
    EXPECT_EQ(given.stations, line.arguments->stations);
}

TEST(CommandLine, RunsAloneWithAConfigurationOnly) {
    const CommandLine line = Parse({"--config", "a.yaml"});
    ASSERT_TRUE(line.arguments) << line.text;
    EXPECT_EQ("webapi-0", line.arguments->name);
    EXPECT_EQ("", line.arguments->control);
    EXPECT_EQ(-1, line.arguments->black_box);
}

TEST(CommandLine, AnswersVersionAndHelp) {
    EXPECT_EQ(0, Parse({"--version"}).exit_code);
    EXPECT_EQ(AIRCHECK_VERSION "\n", Parse({"--version"}).text);
    EXPECT_EQ(0, Parse({"--help"}).exit_code);
    EXPECT_NE(std::string::npos, Parse({"--help"}).text.find("--listen-fd"));
}

TEST(CommandLine, RefusesNonsense) {
    for (const std::vector<std::string>& nonsense : {std::vector<std::string>{},
                                                     {"--config"},
                                                     {"--config", "a", "--what"},
                                                     {"--config", "a", "--station"},
                                                     {"--config", "a", "--listen-fd", "-1"}}) {
        const CommandLine line = Parse(nonsense);
        EXPECT_FALSE(line.arguments);
        EXPECT_EQ(kExitConfiguration, line.exit_code);
        EXPECT_FALSE(line.text.empty());
    }
}

TEST(Main, ConfigurationProblemsAreTheConfigurationExit) {
    char program[] = "aircheck-webapi";
    char option[] = "--config";
    char file[] = "/nowhere/aircheck.yaml";
    char* argv[] = {program, option, file, nullptr};
    bool ran = false;
    EXPECT_EQ(kExitConfiguration, Main(3, argv, "webapi", [&](Worker&) {
                  ran = true;
                  return 0;
              }));
    EXPECT_FALSE(ran);
}

TEST(ProcessStatus, ReadsTheKernelsText) {
    const ProcessStatus status = ParseProcessStatus(
        "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t3\nSigQ:\t0/1\n");
    EXPECT_EQ(1U << 20, status.resident_bytes);
    EXPECT_EQ(2U << 20, status.peak_bytes);
    EXPECT_EQ(3, status.threads);
    EXPECT_EQ(0, ParseProcessStatus("Name:\tx\nVmRSS:").threads);
}

TEST(ProcessStatus, KnowsThisProcess) {
    const ProcessStatus status = ReadProcessStatus();
    EXPECT_GT(status.resident_bytes, 0U);
    EXPECT_GE(status.peak_bytes, status.resident_bytes);
    EXPECT_GE(status.threads, 1);
}

}  // namespace
}  // namespace aircheck::worker
