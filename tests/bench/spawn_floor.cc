// SPDX-License-Identifier: MIT
// What it takes at least to start a command again in the place of one that was killed: a kill, a
// poll of its pidfd, a waitpid and a posix_spawn, once for each byte of input. The measure for the
// supervisor; see crash.
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "tests/bench/program.h"

namespace {

using aircheck::bench::Fail;
using aircheck::bench::Number;

using std::chrono::steady_clock;

/// The command, which runs until it is killed.
class Running {
public:
    explicit Running(char** command) {
        if (::posix_spawnp(&pid_, *command, nullptr, nullptr, command, environ) != 0)
            Fail("posix_spawnp");
        file_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
        if (file_ < 0) Fail("pidfd_open");
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { ::close(file_); }

    void Kill() const {
        if (::kill(pid_, SIGKILL) != 0) Fail("kill");
    }

    void Await() const {
        pollfd exit{file_, POLLIN, 0};
        if (::poll(&exit, 1, -1) != 1) Fail("poll");
        if (::waitpid(pid_, nullptr, 0) != pid_) Fail("waitpid");
    }

private:
    pid_t pid_ = 0;
    int file_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: spawn-floor MEGABYTES COMMAND...\n", stderr);
        return EXIT_FAILURE;
    }
    const std::vector<char> memory(static_cast<std::size_t>(Number(argv[1])) << 20, 1);
    char** command = argv + 2;
    auto running = std::make_unique<Running>(command);
    while (std::getchar() != EOF) {
        const auto begun = steady_clock::now();
        running->Kill();
        running->Await();
        running = std::make_unique<Running>(command);
        const std::chrono::duration<double> taken = steady_clock::now() - begun;
        std::printf("%.9f\n", taken.count());
        std::fflush(stdout);
    }
    running->Kill();
    running->Await();
    return memory.empty() || memory.back() == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
