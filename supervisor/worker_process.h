// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/event/child_process.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/machine.h"

namespace aircheck::supervisor {

/// What a worker is and how it is started.
struct WorkerSpec {
    std::string name;  // downloader-0
    std::string role;  // downloader
    event::ChildProcess::Options options;
};

/// One worker: its machine and the process, timer and messages that the machine acts through.
/// Owned by Workers; lives on the loop's thread, until the loop has ended.
class WorkerProcess final : private WorkerHost {
public:
    struct Context {
        boost::asio::io_context& loop;
        const time::Clock& clock;
        int generation = 1;
        std::function<void(const proto::WorkerEvent&)> publish;
        std::function<void(const std::string& identity, const proto::Command&)> command;
        std::function<void()> stopped;  // this worker is stopped now
    };

    WorkerProcess(WorkerSpec spec, const Context& context, const WorkerMachine::Limits& limits,
                  Backoff backoff);

    const std::string& name() const { return spec_.name; }
    const std::string& role() const { return spec_.role; }
    pid_t pid() const { return child_ ? child_->pid() : 0; }
    bool ready() const { return machine_.state() == WorkerState::kReady; }
    bool stopped() const { return machine_.state() == WorkerState::kStopped; }

    void Handle(WorkerInput input) { machine_.Handle(input); }

    /// From now on commands go to `identity`.
    void HeardFrom(const std::string& identity);
    void Send(const proto::Command& command);

private:
    bool Spawn() noexcept override;
    void AskToStop() noexcept override;
    void Kill() noexcept override;
    void SetTimer(Millis after) override;
    void CancelTimer() override;
    void Report(WorkerChange change, std::optional<Millis> retry) override;

    void OnExit(const event::ExitStatus& status);
    void Log(WorkerChange change, const std::string& next) const;
    void PublishChange(WorkerChange change, std::optional<Millis> retry) const;

    const WorkerSpec spec_;
    const Context& context_;
    WorkerMachine machine_;
    boost::asio::steady_timer timer_;
    std::uint64_t timer_number_ = 0;
    std::unique_ptr<event::ChildProcess> child_;
    std::string identity_;
    std::uint64_t starts_ = 0;

    // Of the process before: it is told about when the next one already runs.
    pid_t last_pid_ = 0;
    std::optional<event::ExitStatus> last_exit_;
    std::string spawn_error_;
};

}  // namespace aircheck::supervisor
