// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "common/event/child_process.h"
#include "common/time/clock.h"
#include "common/worker/black_box.h"
#include "proto/messages.h"
#include "supervisor/former_process.h"
#include "supervisor/log_tail.h"
#include "supervisor/machine.h"
#include "supervisor/wakefulness.h"

namespace aircheck::supervisor {

/// What a worker is and how it is started.
struct WorkerSpec {
    std::string name;  // downloader-0
    std::string role;  // downloader
    event::ChildProcess::Options options;
    std::optional<proto::Command> tell;  // brings a process that runs to this
    bool reloads = false;                // whatever has changed; else a new process is wanted
    std::string takeover;                // socket, where it takes connections over; or empty
};

/// One worker: its machine and the process, timer and messages that the machine acts through, and
/// the processes before it that have not ended yet. Owned by Workers; lives on the loop's thread,
/// until the loop has ended.
class WorkerProcess final : private WorkerHost {
public:
    struct Context {
        boost::asio::io_context& loop;
        const time::Clock& clock;
        const Wakefulness& wakefulness;
        int generation = 1;
        FormerProcess::Limits former;
        std::function<void(const proto::WorkerEvent&)> publish;
        std::function<void(const std::string& identity, const proto::Command&)> command;
        std::function<void(const std::string& station)> suspect;  // its bytes ended a process
        std::function<void()> ended;  // a process of some worker; see stopped()
        /// Clears away what a process that was killed has left lying about.
        std::function<void(const std::string& name, pid_t pid)> clear_away;
    };

    WorkerProcess(WorkerSpec spec, const Context& context, const WorkerMachine::Limits& limits,
                  Backoff backoff);

    const std::string& name() const { return spec_.name; }
    const std::string& role() const { return spec_.role; }
    pid_t pid() const { return process_ ? process_->pid : 0; }
    bool ready() const { return machine_.state() == WorkerState::kReady; }

    /// When it is started again, if it has died and has to wait for that.
    std::optional<time::SteadyTime> starts_at() const {
        return machine_.state() == WorkerState::kWaiting ? deadline_ : std::nullopt;
    }

    /// It is not running, not wanted, and nothing of it is left.
    bool stopped() const { return machine_.state() == WorkerState::kStopped && former_.empty(); }

    /// Whether this process is one of its own, the present one or a former one.
    bool Has(pid_t pid) const;

    void Handle(WorkerInput input);

    /// What its present process has written to its log since the last call.
    std::optional<proto::LogEvent> FreshLog();

    /// How the next process is started; the present one is told as soon as it can be.
    void SetSpec(WorkerSpec spec);
    void SetLimits(const WorkerMachine::Limits& limits) { machine_.SetLimits(limits); }

    /// Who takes over what it has when it retires: a path; empty: nobody.
    void SetSuccessor(std::string path) { successor_ = std::move(path); }

    /// From now on commands for `pid` go to `identity`.
    void HeardFrom(pid_t pid, const std::string& identity);
    void Send(const proto::Command& command);

private:
    /// A process that runs.
    struct Process {
        worker::BlackBox box;
        std::unique_ptr<event::ChildProcess> child;
        pid_t pid = 0;         // the child's
        std::string identity;  // empty: not heard yet
    };

    /// One whose place another one has taken.
    struct Former {
        std::uint64_t number;
        Process process;
        bool hung;
        std::unique_ptr<FormerProcess> end;
    };

    bool Spawn() noexcept override;
    void AskToStop() noexcept override;
    void AskToRetire() noexcept override;
    void Kill() noexcept override;
    void SetAside(bool hung) noexcept override;
    void EndFormer() noexcept override;
    void SetTimer(Millis after) override;
    void CancelTimer() override;
    void WaitForDeadline();
    void Report(WorkerChange change, std::optional<Millis> retry) override;

    void OnTimer();
    void OnExit(std::uint64_t number, const event::ExitStatus& status);
    void OnFormerExit(std::list<Former>::iterator former, const event::ExitStatus& status);
    void Tell();
    void SendTo(const std::string& identity, const proto::Command& command) const;
    std::string Intensity() const;
    std::string LastWords() const;
    proto::WorkerEvent EventOf(std::string word, pid_t pid) const;
    void Log(WorkerChange change, const std::string& next) const;
    void PublishChange(WorkerChange change, std::optional<Millis> retry) const;

    // What each heartbeat looks at is together: a second later none of it is in the caches.
    std::optional<Process> process_;
    std::list<Former> former_;
    std::optional<time::SteadyTime> deadline_;    // of the machine
    std::optional<time::SteadyTime> timer_ends_;  // never later than the deadline
    const Context& context_;
    WorkerMachine machine_;

    WorkerSpec spec_;
    boost::asio::steady_timer timer_;
    std::uint64_t timer_number_ = 0;
    boost::asio::steady_timer retire_timer_;
    bool is_told_ = true;  // the present process knows of spec_
    std::string successor_;
    std::uint64_t starts_ = 0;
    time::SysTime started_;                // the present process; what is told of it comes later
    std::deque<time::SteadyTime> deaths_;  // of the last while

    // Of the process before: it is told about when the next one already runs.
    pid_t last_pid_ = 0;
    std::optional<event::ExitStatus> last_exit_;
    worker::BlackBox::Contents last_words_;
    std::string spawn_error_;
    LogTail log_tail_;
};

}  // namespace aircheck::supervisor
