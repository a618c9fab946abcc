// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aircheck::event {

/// How a process ended.
struct ExitStatus {
    int code = 0;    // if it exited
    int signal = 0;  // if a signal ended it
    bool core = false;

    /// "exit 1", "signal 9 (Killed)"
    std::string Text() const;
};

/// A child started by posix_spawn (a plain fork from a large process costs tens of milliseconds)
/// and watched by pidfd. Destroying it while the child runs leaves the child alone.
/// Lives on the loop's thread.
class ChildProcess {
public:
    struct Options {
        std::string program;                 // path
        std::vector<std::string> arguments;  // without argv[0]
        std::vector<int> inherit;            // become kFirstInherited, …  in the child
    };
    static constexpr int kFirstInherited = 3;
    using ExitHandler = std::function<void(ExitStatus)>;

    /// Signals are unblocked and set to their defaults in the child. Throws std::system_error if
    /// the program cannot be run, with the reason that exec gave.
    ChildProcess(boost::asio::io_context& loop, const Options& options, ExitHandler on_exit);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    pid_t pid() const noexcept;
    void Signal(int signal) noexcept;  // by pidfd: never a stranger's

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Calls `handler` once when the process `pid`, child or not, has ended. Answers nullptr if there
/// is no such process. Destroy the answer to stop watching. For a process that is no child, make
/// sure afterwards that it is the one that was meant: by then its number cannot change owners.
class ProcessWatch;
std::unique_ptr<ProcessWatch> WatchProcess(boost::asio::io_context& loop, pid_t pid,
                                           std::function<void()> handler);

class ProcessWatch {
public:
    ~ProcessWatch();

    void Signal(int signal) noexcept;  // by pidfd: never a stranger's

private:
    friend std::unique_ptr<ProcessWatch> WatchProcess(boost::asio::io_context&, pid_t,
                                                      std::function<void()>);
    struct State;
    explicit ProcessWatch(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::event
