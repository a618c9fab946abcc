// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/worker/black_box.h"
#include "proto/messages.h"

namespace aircheck::worker {

/// Exit code that tells the supervisor not to try again until something changes.
inline constexpr int kExitConfiguration = 100;

/// What the supervisor passes to each worker on its command line.
struct Arguments {
    std::string config;
    std::string accepted;  // copy of it that was found good; empty: `config` itself is read
    std::string name;      // downloader-0
    std::string control;   // endpoint; empty: run alone, without a supervisor
    int generation = 1;
    int supervisor_pid = 0;
    std::vector<std::string> stations;  // what a downloader records; all without a supervisor
    bool caretaker = false;             // looks after stations that are not configured any more
    bool standby = false;               // waits for `activate` before it accepts or prunes
    int black_box = -1;                 // inherited memory; -1: none
    std::vector<int> listen_fds;        // inherited listening sockets

    /// The command line that parses back to this.
    std::vector<std::string> ToCommandLine() const;
};

/// What all workers share: the loop, the control channel, heartbeats each second, orderly
/// stopping, and watching the supervisor. One a process, on the main thread.
///
/// Stops by SIGTERM, the command `stop`, or when the supervisor has died and no other one took over
/// within `restart_timeout`; without a supervisor by SIGINT too. Stopping is done once, however
/// often it is asked for; a stop that takes too long is the supervisor's to end. Holds a PID file
/// of its own, by which a later supervisor finds it.
class Worker {
public:
    /// What a program adds to the common part. All called from the loop.
    struct Hooks {
        /// Fills in bytes_total, stations and so on; `bytes` is worked out from bytes_total.
        std::function<void(proto::Heartbeat&)> fill_heartbeat;
        std::function<void(const proto::Command&)> on_command;
        /// To a proto::Request that was published. Optional.
        std::function<void(const proto::Answer&)> on_answer;
        /// Begins to stop; calls `finished` when nothing is left to do.
        std::function<void(std::function<void()> finished)> stop;
        /// Goes to work, after standby. Optional.
        std::function<void()> activate;
        /// Another process has taken over: hands on what can be handed on, to the worker that
        /// listens at the path `successor` if it is not empty, ends the rest as slowly as it needs
        /// to, and calls `finished`. `stop` may still come meanwhile. Optional: as `stop`.
        std::function<void(const std::string& successor, std::function<void()> finished)> retire;
        /// The configuration is another one now. Optional.
        std::function<void(config::Config fresh, std::vector<std::string> stations)> reload;
    };

    Worker(Arguments arguments, const config::Config& config, std::string role,
           std::shared_ptr<BlackBox> box = std::make_shared<BlackBox>());
    ~Worker();

    boost::asio::io_context& loop();
    const config::Config& config() const;
    const Arguments& arguments() const;
    BlackBox& black_box();

    /// To the supervisor and from there to the taps; dropped if there is nobody to take it.
    void Publish(const proto::Message& message);

    /// Tells the supervisor that the job is being done.
    void AnnounceReady();

    /// Runs until stopped. Answers the process's exit code.
    int Run(Hooks hooks);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The frame of every worker's main: parses the command line, sets up logging, loads the
/// configuration (exit 100 if it has problems), lifts the limit of open files, and turns an
/// exception into a logged line and exit code 1. The log's end is kept in the black box, if there
/// is one. `body` answers the exit code.
int Main(int argc, char** argv, std::string role, const std::function<int(Worker&)>& body);

}  // namespace aircheck::worker
