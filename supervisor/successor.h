// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/event/child_process.h"
#include "common/time/clock.h"
#include "proto/handover.h"
#include "supervisor/former_process.h"
#include "supervisor/handover_link.h"

namespace aircheck::supervisor {

/// What the older supervisor does in a soft restart, beside the talking.
class SuccessorHost {
public:
    virtual ~SuccessorHost() = default;

    /// What the newer one must know, with the listening sockets, and what changes of it.
    virtual proto::Handover Greeting() const = 0;
    virtual std::vector<int> Listeners() const = 0;
    virtual std::vector<std::string> Recording() const = 0;

    /// The PID file is that of the older one of two now; or of the only one again. Throws.
    virtual void StepBack() = 0;
    virtual void StepForward() = 0;

    /// Lets go of what only one can have, and stops what only one may do; or begins again.
    virtual void Release() = 0;
    virtual void TakeBack() = 0;

    /// The newer one is the one now; its web workers listen at `successors`.
    virtual void OnTaken(pid_t pid, const std::vector<std::string>& successors) = 0;

    /// It is being stopped, and this one shall not take long either.
    virtual void OnStop() = 0;

    /// It has failed and is gone; workers of it may not be.
    virtual void OnFailed() = 0;

    virtual void Tell(const proto::RestartEvent& event) = 0;
};

/// The newer supervisor, as the older one sees it. Asks the program on the disk whether it accepts
/// the configuration, starts it, tells it what it must know, lets it have the names when it does
/// all the work; and if it fails before that, puts everything back as it was. Owned by the
/// supervisor; lives on the loop's thread.
class Successor {
public:
    struct Options {
        std::filesystem::path program;
        std::filesystem::path config;
        int generation = 2;                         // the newer one
        std::chrono::milliseconds timeout{60'000};  // to become ready
    };
    struct Checked {
        std::string version;
        std::string reason;  // why it does not accept the configuration; empty: it does
    };

    Successor(boost::asio::io_context& loop, const time::Clock& clock, SuccessorHost& host);

    bool idle() const { return stage_ == Stage::kIdle; }

    /// Only when idle. Asks the program, without starting anything else.
    void Check(const Options& options, std::function<void(const Checked&)> done);

    /// Only when idle.
    void Begin(const Options& options);

    /// To be called each second.
    void Tick();

    /// Gives it up, if it has not taken over yet.
    void Cancel(const std::string& reason);

private:
    enum class Stage { kIdle, kChecking, kStarting, kGranted, kTaken, kFailing };

    void Launch(Stage stage, const std::string& option, std::chrono::milliseconds timeout);
    void Start(const Checked& checked);
    void OnMessage(const proto::Handover& message);
    void OnReady(const proto::Handover& message);
    void OnTaken();
    void OnExit(const event::ExitStatus& status);
    void OnChecked(const Checked& checked);
    void Fail(const std::string& reason);
    void BeIdle();
    void Tell(const std::string& event, const std::string& reason = "");
    void SetTimer(std::chrono::milliseconds timeout, const std::string& reason);

    boost::asio::io_context& loop_;
    const time::Clock& clock_;
    SuccessorHost& host_;
    boost::asio::steady_timer timer_;
    std::uint64_t timer_number_ = 0;
    Options options_;
    Stage stage_ = Stage::kIdle;
    time::SteadyTime begun_;
    std::function<void(const Checked&)> on_checked_;
    std::unique_ptr<HandoverLink> link_;
    std::unique_ptr<event::ChildProcess> child_;
    std::unique_ptr<FormerProcess> end_;  // of one that failed
    std::vector<std::string> successors_;
    std::string version_;
    std::string reason_;  // its own word on why it failed
};

}  // namespace aircheck::supervisor
