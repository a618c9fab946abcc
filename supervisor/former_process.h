// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace aircheck::supervisor {

/// Sees a process to its end whose place another one has taken or is about to take: first it may
/// finish by itself, then it is asked to stop, then killed, until it is gone. Owned by whoever
/// watches the process, and destroyed when it has ended. Lives on the loop's thread.
class FormerProcess {
public:
    using Millis = std::chrono::milliseconds;

    struct Limits {
        Millis retire{60'000};     // to finish by itself
        Millis stop{25'000};       // to stop when asked
        Millis after_kill{5'000};  // to vanish when killed, before killing again
    };
    struct Actions {
        std::function<void()> retire;
        std::function<void(int)> signal;
    };

    FormerProcess(boost::asio::io_context& loop, std::string title, const Limits& limits,
                  Actions actions);

    /// Each does nothing if the process has got further already.
    void Retire();
    void Stop();
    void Kill();

    /// Calls Kill after this, unless it is told something else before.
    void KillAfter(Millis delay);

private:
    enum class Stage { kLiving, kRetiring, kStopping, kKilled };

    void Enter(Stage stage, Millis patience);
    void Wait(Millis patience, void (FormerProcess::*then)());
    void Escalate();

    const std::string title_;  // "downloader-0 (PID 4711)"
    const Limits limits_;
    const Actions actions_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<void> waiting_;  // a wait that has ended cannot be cancelled, but be told apart
    Stage stage_ = Stage::kLiving;
};

}  // namespace aircheck::supervisor
