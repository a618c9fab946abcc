// SPDX-License-Identifier: MIT
#include "supervisor/worker_process.h"

#include <csignal>
#include <exception>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/units.h"
#include "common/worker/worker.h"

namespace aircheck::supervisor {
namespace {

std::string NextStart(std::optional<std::chrono::milliseconds> retry) {
    if (!retry) return "";
    if (retry->count() == 0) return "started again";
    return "next start in " + util::FormatDuration(*retry);
}

// The word of proto::WorkerEvent; empty where taps are not told.
std::string EventWord(WorkerChange change) {
    switch (change) {
        case WorkerChange::kStarted:
            return "started";
        case WorkerChange::kReady:
            return "ready";
        case WorkerChange::kSpawnFailed:
        case WorkerChange::kDied:
            return "died";
        case WorkerChange::kHung:
            return "hung";
        case WorkerChange::kStopped:
            return "stopped";
        case WorkerChange::kFailed:
            return "failed";
        case WorkerChange::kOverdue:
            break;
    }
    return "";
}

bool IsAboutExit(WorkerChange change) {
    return change == WorkerChange::kDied || change == WorkerChange::kFailed ||
           change == WorkerChange::kStopped;
}

}  // namespace

WorkerProcess::WorkerProcess(WorkerSpec spec, const Context& context,
                             const WorkerMachine::Limits& limits, Backoff backoff)
    : spec_(std::move(spec)),
      context_(context),
      machine_(*this, context.clock, limits, std::move(backoff)),
      timer_(context.loop) {}

void WorkerProcess::HeardFrom(const std::string& identity) {
    if (identity_ != identity) identity_ = identity;
}

void WorkerProcess::Send(const proto::Command& command) {
    if (!identity_.empty()) context_.command(identity_, command);
}

bool WorkerProcess::Spawn() noexcept {
    try {
        child_ = std::make_unique<event::ChildProcess>(
            context_.loop, spec_.options,
            [this](const event::ExitStatus& status) { OnExit(status); });
        ++starts_;
        return true;
    } catch (const std::exception& error) {
        spawn_error_ = util::DescribeException(error);
        return false;
    }
}

void WorkerProcess::OnExit(const event::ExitStatus& status) {
    last_pid_ = child_->pid();
    last_exit_ = status;
    child_.reset();
    identity_.clear();
    const bool refused = status.signal == 0 && status.code == worker::kExitConfiguration;
    machine_.Handle(refused ? WorkerInput::kRefused : WorkerInput::kDied);
}

void WorkerProcess::AskToStop() noexcept {
    log::info("{}: stopping PID {}", name(), pid());
    Send({.command = "stop"});
    if (child_) child_->Signal(SIGTERM);
}

void WorkerProcess::Kill() noexcept {
    if (child_) child_->Signal(SIGKILL);
}

void WorkerProcess::SetTimer(Millis after) {
    timer_.expires_after(after);
    // A wait that has ended already cannot be cancelled any more; its number is out of date.
    timer_.async_wait([this, number = ++timer_number_](const boost::system::error_code& error) {
        if (!error && number == timer_number_) machine_.Handle(WorkerInput::kTimeout);
    });
}

void WorkerProcess::CancelTimer() {
    ++timer_number_;
    timer_.cancel();
}

void WorkerProcess::Report(WorkerChange change, std::optional<Millis> retry) {
    Log(change, NextStart(retry));
    PublishChange(change, retry);
    if (change == WorkerChange::kStopped) context_.stopped();
}

void WorkerProcess::Log(WorkerChange change, const std::string& next) const {
    const std::string how = last_exit_ ? last_exit_->Text() : "";
    switch (change) {
        case WorkerChange::kStarted:
            log::info("{}: started as PID {}", name(), pid());
            break;
        case WorkerChange::kReady:
            log::info("{}: ready", name());
            break;
        case WorkerChange::kSpawnFailed:
            log::error("{}: {}; {}", name(), spawn_error_, next);
            break;
        case WorkerChange::kDied:
            log::warn("{}: PID {} died: {}; {}", name(), last_pid_, how, next);
            break;
        case WorkerChange::kHung:
            log::warn("{}: PID {} has sent no heartbeat for {}: killed", name(), pid(),
                      util::FormatDuration(machine_.limits().silence));
            break;
        case WorkerChange::kOverdue:
            log::warn("{}: PID {} did not stop in time: killed", name(), pid());
            break;
        case WorkerChange::kStopped:
            log::info("{}: stopped{}", name(), how.empty() ? "" : ": " + how);
            break;
        case WorkerChange::kFailed:
            log::error(
                "{}: PID {} gave up ({}): its configuration or program is at fault, so it is not "
                "started again. See its messages above, correct the file (aircheck check-config "
                "FILE shows all its problems), then restart aircheckd",
                name(), last_pid_, how);
            break;
    }
}

void WorkerProcess::PublishChange(WorkerChange change, std::optional<Millis> retry) const {
    proto::WorkerEvent event{
        .name = name(),
        .role = role(),
        .event = EventWord(change),
        .pid = IsAboutExit(change) ? last_pid_ : pid(),
        .generation = context_.generation,
        .restarts = starts_ > 0 ? starts_ - 1 : 0,
        .time = time::ToUnixSeconds(context_.clock.Now()),
    };
    if (event.event.empty()) return;
    if (IsAboutExit(change) && last_exit_) {
        if (last_exit_->signal != 0) {
            event.signal = last_exit_->signal;
        } else {
            event.code = last_exit_->code;
        }
    }
    if (retry) event.retry = std::chrono::duration<double>(*retry).count();
    context_.publish(event);
}

}  // namespace aircheck::supervisor
