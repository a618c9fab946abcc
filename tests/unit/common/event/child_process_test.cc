// SPDX-License-Identifier: MIT
#include "common/event/child_process.h"

#include "common/util/unique_fd.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace aircheck::event {
namespace {

using namespace std::chrono_literals;
using boost::asio::io_context;

ChildProcess::Options Shell(const std::string& script) {
    return {.program = "/bin/sh", .arguments = {"-c", script}, .inherit = {}};
}

ExitStatus RunShell(const std::string& script, std::vector<int> inherit = {}) {
    io_context loop;
    std::optional<ExitStatus> status;
    ChildProcess::Options options = Shell(script);
    options.inherit = std::move(inherit);
    ChildProcess child(loop, options, [&](ExitStatus s) { status = s; });
    loop.run_for(10s);
    return status.value_or(ExitStatus{.code = -1});
}

struct Pipe {
    Pipe() {
        int ends[2];
        EXPECT_EQ(0, ::pipe2(ends, O_CLOEXEC));
        reader = util::UniqueFd(ends[0]);
        writer = util::UniqueFd(ends[1]);
    }
    std::string Read() {
        char buffer[64];
        const ssize_t size = ::read(reader.get(), buffer, sizeof buffer);
        return size < 0 ? "?" : std::string(buffer, static_cast<std::size_t>(size));
    }
    util::UniqueFd reader;
    util::UniqueFd writer;
};

TEST(ChildProcess, TellsExitCode) {
    EXPECT_EQ("exit 3", RunShell("exit 3").Text());
}

TEST(ChildProcess, TellsSignal) {
    const ExitStatus status = RunShell("kill -KILL $$");
    EXPECT_EQ(SIGKILL, status.signal);
    EXPECT_EQ("signal 9 (Killed)", status.Text());
}

TEST(ChildProcess, SaysWhyExecFailed) {
    io_context loop;
    try {
        ChildProcess child(loop, {.program = "/nowhere/x", .arguments = {}, .inherit = {}},
                           [](ExitStatus) {});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(ENOENT, error.code().value());
        EXPECT_NE(std::string::npos, std::string(error.what()).find("/nowhere/x"));
    }
}

TEST(ChildProcess, PassesDescriptorsInOrder) {
    Pipe first;
    Pipe second;
    ASSERT_EQ("exit 0",
              RunShell("printf one >&3; printf two >&4", {first.writer.get(), second.writer.get()})
                  .Text());
    EXPECT_EQ("one", first.Read());
    EXPECT_EQ("two", second.Read());
}

// Runs in a child of the test, where the low descriptor numbers can be taken at will.
[[noreturn]] void PassOverlapping() {
    Pipe first;
    Pipe second;
    ::dup3(first.writer.get(), 30, O_CLOEXEC);
    ::dup3(second.writer.get(), 31, O_CLOEXEC);
    ::dup3(first.reader.get(), 32, O_CLOEXEC);
    ::dup3(second.reader.get(), 33, O_CLOEXEC);
    ::dup3(30, 4, O_CLOEXEC);
    ::dup3(31, 3, O_CLOEXEC);
    ::dup3(32, 5, O_CLOEXEC);
    // 4 goes to 3, 3 to 4 and 5 onto itself.
    io_context loop;
    std::optional<ExitStatus> status;
    const ChildProcess::Options options{
        .program = "/bin/sh",
        .arguments = {"-c", "printf one >&3; printf two >&4; test $(head -c 3 <&5) = one"},
        .inherit = {4, 3, 5}};
    ChildProcess child(loop, options, [&](ExitStatus s) { status = s; });
    loop.run_for(10s);
    char text[4] = {};
    const bool two = ::read(33, text, 3) == 3 && std::string(text) == "two";
    ::_exit(status && status->signal == 0 && status->code == 0 && two ? 0 : 1);
}

TEST(ChildProcess, PassesDescriptorsWhoseNumbersOverlap) {
    const pid_t pid = ::fork();
    if (pid == 0) PassOverlapping();
    int status = 0;
    ASSERT_EQ(pid, ::waitpid(pid, &status, 0));
    EXPECT_EQ(0, status);
}

TEST(ChildProcess, InheritsNothingElse) {
    const Pipe pipe;
    EXPECT_EQ("exit 0",
              RunShell("test ! -e /proc/self/fd/" + std::to_string(pipe.writer.get())).Text());
}

TEST(ChildProcess, ResetsSignals) {
    struct sigaction before {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigset_t blocked;
    sigset_t mask;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ::sigaction(SIGTERM, &ignore, &before);
    ::sigprocmask(SIG_BLOCK, &blocked, &mask);
    EXPECT_EQ(SIGTERM, RunShell("kill -TERM $$; exit 0").signal);
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::sigaction(SIGTERM, &before, nullptr);
}

TEST(ChildProcess, SignalsTheChild) {
    io_context loop;
    std::optional<ExitStatus> status;
    ChildProcess child(loop, Shell("exec sleep 60"), [&](ExitStatus s) { status = s; });
    child.Signal(SIGTERM);
    loop.run_for(10s);
    ASSERT_TRUE(status);
    EXPECT_EQ(SIGTERM, status->signal);
    child.Signal(SIGTERM);  // nobody is there: nothing happens
}

TEST(ChildProcess, DestroyedWhileRunningReapsWithoutCalling) {
    io_context loop;
    bool called = false;
    pid_t pid = 0;
    {
        ChildProcess child(loop, Shell("exit 0"), [&](ExitStatus) { called = true; });
        pid = child.pid();
    }
    loop.run_for(10s);
    EXPECT_FALSE(called);
    EXPECT_EQ(-1, ::waitpid(pid, nullptr, WNOHANG));
    EXPECT_EQ(ECHILD, errno);
}

TEST(ChildProcess, MayBeDestroyedByItsHandler) {
    io_context loop;
    std::unique_ptr<ChildProcess> child;
    bool called = false;
    child = std::make_unique<ChildProcess>(loop, Shell("exit 0"), [&](ExitStatus) {
        child.reset();
        called = true;
    });
    loop.run_for(10s);
    EXPECT_TRUE(called);
}

TEST(WatchProcess, AnswersNullForNobody) {
    io_context loop;
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    ::waitpid(pid, nullptr, 0);
    EXPECT_EQ(nullptr, WatchProcess(loop, pid, [] {}));
    EXPECT_EQ(nullptr, WatchProcess(loop, 0, [] {}));
}

TEST(WatchProcess, TellsOfTheEndOfAnotherProcess) {
    io_context loop;
    ChildProcess child(loop, Shell("exec sleep 60"), [](ExitStatus) {});
    int ended = 0;
    const auto watch = WatchProcess(loop, child.pid(), [&] { ++ended; });
    const auto dropped = WatchProcess(loop, child.pid(), [&] { ended += 100; });
    ASSERT_TRUE(watch);
    std::unique_ptr<ProcessWatch> gone = WatchProcess(loop, child.pid(), [&] { ended += 1000; });
    gone.reset();
    child.Signal(SIGKILL);
    loop.run_for(10s);
    EXPECT_EQ(101, ended);
}

}  // namespace
}  // namespace aircheck::event
