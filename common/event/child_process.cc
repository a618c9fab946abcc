// SPDX-License-Identifier: MIT
#include "common/event/child_process.h"

#include "common/util/error.h"
#include "common/util/unique_fd.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

namespace aircheck::event {
namespace {

namespace asio = boost::asio;

// glibc 2.36 of Debian 12 has wrappers for these; older ones still in the field do not.
int PidfdOpen(pid_t pid) noexcept {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

void PidfdSignal(int pidfd, int signal) noexcept {
    ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0);
}

class SpawnAttributes {
public:
    SpawnAttributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_;
};

/// Lays the inherited descriptors out as 3, 4, … in the child. Each goes by way of a duplicate
/// above all the targets: a source may itself have the number of another's target, and dup2 of a
/// number onto itself would leave close-on-exec set.
class SpawnFiles {
public:
    explicit SpawnFiles(const std::vector<int>& inherit) {
        posix_spawn_file_actions_init(&actions_);
        try {
            AddAll(inherit);
        } catch (...) {
            posix_spawn_file_actions_destroy(&actions_);
            throw;
        }
    }
    SpawnFiles(const SpawnFiles&) = delete;
    SpawnFiles& operator=(const SpawnFiles&) = delete;
    ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    void AddAll(const std::vector<int>& inherit) {
        const int above = ChildProcess::kFirstInherited + static_cast<int>(inherit.size());
        int target = ChildProcess::kFirstInherited;
        for (const int source : inherit) {
            util::UniqueFd copy(::fcntl(source, F_DUPFD_CLOEXEC, above));
            if (!copy) util::ThrowErrno("cannot pass on descriptor " + std::to_string(source));
            if (const int error = posix_spawn_file_actions_adddup2(&actions_, copy.get(), target++);
                error != 0)
                util::ThrowErrno(error, "cannot pass on descriptor " + std::to_string(source));
            copies_.push_back(std::move(copy));
        }
    }

    posix_spawn_file_actions_t actions_;
    std::vector<util::UniqueFd> copies_;
};

pid_t Spawn(const ChildProcess::Options& options) {
    std::vector<char*> argv;
    argv.push_back(const_cast<char*>(options.program.c_str()));
    for (const std::string& argument : options.arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);

    const SpawnFiles files(options.inherit);
    const SpawnAttributes attributes;
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, options.program.c_str(), files.get(), attributes.get(),
                                    argv.data(), environ);
    if (error != 0) util::ThrowErrno(error, "cannot run " + options.program);
    return pid;
}

util::UniqueFd OpenChild(pid_t pid, const std::string& program) {
    util::UniqueFd pidfd(PidfdOpen(pid));
    if (!pidfd) {
        const int error = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        util::ThrowErrno(error, "cannot watch " + program);
    }
    return pidfd;
}

ExitStatus Reap(int pidfd) noexcept {
    siginfo_t info{};
    int result = 0;
    do {
        result = ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(pidfd), &info,
                          WEXITED | WNOHANG);
    } while (result < 0 && errno == EINTR);

    ExitStatus status;
    if (info.si_code == CLD_EXITED) {
        status.code = info.si_status;
    } else {
        status.signal = info.si_status;
        status.core = info.si_code == CLD_DUMPED;
    }
    return status;
}

}  // namespace

std::string ExitStatus::Text() const {
    if (signal == 0) return "exit " + std::to_string(code);
    const char* name = ::sigdescr_np(signal);
    std::string text = "signal " + std::to_string(signal);
    if (name != nullptr) text += " (" + std::string(name) + ")";
    if (core) text += ", core dumped";
    return text;
}

struct ChildProcess::State {
    State(asio::io_context& loop, pid_t child, util::UniqueFd fd)
        : pid(child), pidfd(loop, fd.get()) {
        fd.release();
    }

    // The waiting handler owns the state: a child that outlives its ChildProcess is still reaped.
    static void Wait(const std::shared_ptr<State>& state) {
        state->pidfd.async_wait(asio::posix::stream_descriptor::wait_read,
                                [state](const boost::system::error_code& error) {
                                    if (!error) state->Ended();
                                });
    }

    void Ended() {
        const ExitStatus status = Reap(pidfd.native_handle());
        pidfd.close();
        if (const ExitHandler handler = std::exchange(on_exit, nullptr)) handler(status);
    }

    const pid_t pid;
    asio::posix::stream_descriptor pidfd;
    ExitHandler on_exit;
};

ChildProcess::ChildProcess(asio::io_context& loop, const Options& options, ExitHandler on_exit) {
    const pid_t pid = Spawn(options);
    state_ = std::make_shared<State>(loop, pid, OpenChild(pid, options.program));
    state_->on_exit = std::move(on_exit);
    State::Wait(state_);
}

ChildProcess::~ChildProcess() {
    state_->on_exit = nullptr;
}

pid_t ChildProcess::pid() const noexcept {
    return state_->pid;
}

void ChildProcess::Signal(int signal) noexcept {
    if (state_->pidfd.is_open()) PidfdSignal(state_->pidfd.native_handle(), signal);
}

struct ProcessWatch::State {
    State(asio::io_context& loop, util::UniqueFd fd, std::function<void()> on_end)
        : pidfd(loop, fd.get()), handler(std::move(on_end)) {
        fd.release();
    }

    asio::posix::stream_descriptor pidfd;
    std::function<void()> handler;
};

ProcessWatch::ProcessWatch(std::shared_ptr<State> state) : state_(std::move(state)) {
    state_->pidfd.async_wait(asio::posix::stream_descriptor::wait_read,
                             [state = state_](const boost::system::error_code& error) {
                                 if (error) return;
                                 if (const auto handler = std::exchange(state->handler, nullptr))
                                     handler();
                             });
}

void ProcessWatch::Signal(int signal) noexcept {
    if (state_->pidfd.is_open()) PidfdSignal(state_->pidfd.native_handle(), signal);
}

ProcessWatch::~ProcessWatch() {
    state_->handler = nullptr;
    boost::system::error_code ignored;
    state_->pidfd.close(ignored);
}

std::unique_ptr<ProcessWatch> WatchProcess(asio::io_context& loop, pid_t pid,
                                           std::function<void()> handler) {
    util::UniqueFd fd(PidfdOpen(pid));
    if (!fd) {
        // EINVAL: not the number of any process, or that of a thread.
        if (errno == ESRCH || errno == EINVAL) return nullptr;
        util::ThrowErrno("cannot watch process " + std::to_string(pid));
    }
    auto state = std::make_shared<ProcessWatch::State>(loop, std::move(fd), std::move(handler));
    return std::unique_ptr<ProcessWatch>(new ProcessWatch(std::move(state)));
}

}  // namespace aircheck::event
