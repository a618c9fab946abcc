// SPDX-License-Identifier: MIT
#include "supervisor/worker_process.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/units.h"
#include "common/worker/worker.h"

namespace aircheck::supervisor {
namespace {

constexpr std::chrono::minutes kIntensityOver{1};

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
        case WorkerChange::kStarved:
            return "hung";
        case WorkerChange::kStopped:
            return "stopped";
        case WorkerChange::kFailed:
            return "failed";
        case WorkerChange::kKilled:
        case WorkerChange::kOverdue:
            break;
    }
    return "";
}

// What a program does to itself, or the kernel to a program that does what it must not.
constexpr std::array kFaults{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

bool IsFault(const event::ExitStatus& status) {
    return std::ranges::find(kFaults, status.signal) != kFaults.end();
}

void AddExit(const event::ExitStatus& status, proto::WorkerEvent& event) {
    event.core = status.core;
    if (status.signal != 0)
        event.signal = status.signal;
    else
        event.code = status.code;
}

bool IsAboutExit(WorkerChange change) {
    return change == WorkerChange::kDied || change == WorkerChange::kFailed ||
           change == WorkerChange::kStopped;
}

}  // namespace

WorkerProcess::WorkerProcess(WorkerSpec spec, const Context& context,
                             const WorkerMachine::Limits& limits, Backoff backoff)
    : context_(context),
      machine_(*this, context.clock, limits, std::move(backoff)),
      spec_(std::move(spec)),
      timer_(context.loop),
      retire_timer_(context.loop) {}

bool WorkerProcess::Has(pid_t pid) const {
    return pid != 0 && (pid == this->pid() || std::ranges::any_of(former_, [pid](const auto& each) {
                            return each.process.pid == pid;
                        }));
}

void WorkerProcess::Handle(WorkerInput input) {
    machine_.Handle(input);
    if (input == WorkerInput::kRetire) EndFormer();
    if (input == WorkerInput::kStop)
        for (Former& former : former_) former.end->Stop();
    if (input == WorkerInput::kKill)
        for (Former& former : former_) former.end->Kill();
}

void WorkerProcess::HeardFrom(pid_t pid, const std::string& identity) {
    for (Former& former : former_)
        if (former.process.pid == pid) former.process.identity = identity;
    if (this->pid() != pid || process_->identity == identity) return;
    process_->identity = identity;
    Tell();
}

std::optional<proto::LogEvent> WorkerProcess::FreshLog() {
    if (!process_) return std::nullopt;
    return log_tail_.Look(spec_.name, pid(), process_->box,
                          time::ToUnixSeconds(context_.clock.Now()));
}

void WorkerProcess::SetSpec(WorkerSpec spec) {
    is_told_ = false;
    spec_ = std::move(spec);
    Tell();
}

void WorkerProcess::Tell() {
    if (is_told_ || !process_ || process_->identity.empty() || !spec_.tell) return;
    Send(*spec_.tell);
    is_told_ = true;
}

void WorkerProcess::SendTo(const std::string& identity, const proto::Command& command) const {
    if (!identity.empty()) context_.command(identity, command);
}

void WorkerProcess::Send(const proto::Command& command) {
    if (process_) SendTo(process_->identity, command);
}

bool WorkerProcess::Spawn() noexcept {
    try {
        Process process{worker::BlackBox::Create(), nullptr, 0, ""};
        event::ChildProcess::Options options = spec_.options;
        options.arguments.emplace_back("--black-box");
        options.arguments.push_back(
            std::to_string(event::ChildProcess::kFirstInherited + options.inherit.size()));
        options.inherit.push_back(process.box.fd());
        process.child = std::make_unique<event::ChildProcess>(
            context_.loop, options, [this, number = starts_ + 1](const event::ExitStatus& status) {
                OnExit(number, status);
            });
        process.pid = process.child->pid();
        started_ = context_.clock.Now();
        process_ = std::move(process);
        ++starts_;
        is_told_ = true;
        return true;
    } catch (const std::exception& error) {
        spawn_error_ = util::DescribeException(error);
        return false;
    }
}

void WorkerProcess::OnExit(std::uint64_t number, const event::ExitStatus& status) {
    const auto former = std::ranges::find(former_, number, &Former::number);
    if (former != former_.end()) return OnFormerExit(former, status);
    const auto now = context_.clock.Steady();
    while (!deaths_.empty() && now - deaths_.front() > kIntensityOver) deaths_.pop_front();
    deaths_.push_back(now);
    last_pid_ = pid();
    last_exit_ = status;
    last_words_ = process_->box.Read();
    if (!IsFault(status)) last_words_.stations.clear();
    process_.reset();
    // The next process shall be started without it.
    for (const auto& station : last_words_.stations) context_.suspect(station);
    const bool refused = status.signal == 0 && status.code == worker::kExitConfiguration;
    machine_.Handle(refused ? WorkerInput::kRefused : WorkerInput::kDied);
    context_.clear_away(name(), last_pid_);
}

void WorkerProcess::OnFormerExit(std::list<Former>::iterator former,
                                 const event::ExitStatus& status) {
    const pid_t pid = former->process.pid;
    log::info("{}: the former PID {} has ended: {}", name(), pid, status.Text());
    auto event = EventOf("replaced", pid);
    AddExit(status, event);
    context_.publish(event);
    former_.erase(former);
    context_.clear_away(name(), pid);
    context_.ended();
}

void WorkerProcess::SetAside(bool hung) noexcept {
    // Of two that hang, the earlier one is waited for no longer.
    for (Former& each : former_)
        if (each.hung) each.end->Kill();
    Former& former = former_.emplace_back(
        Former{starts_, *std::exchange(process_, std::nullopt), hung, nullptr});
    former.end = std::make_unique<FormerProcess>(
        context_.loop, fmt::format("{}: PID {}", name(), former.process.pid), context_.former,
        FormerProcess::Actions{
            .retire =
                [this, &former] {
                    SendTo(former.process.identity,
                           {.command = "retire",
                            .successor = successor_.empty() ? spec_.takeover : successor_});
                },
            .signal = [&former](int signal) { former.process.child->Signal(signal); }});
    if (hung) former.end->KillAfter(machine_.limits().first_beat);
}

void WorkerProcess::EndFormer() noexcept {
    for (Former& former : former_) former.hung ? former.end->Kill() : former.end->Retire();
}

void WorkerProcess::AskToRetire() noexcept {
    log::info("{}: retiring PID {}", name(), pid());
    Send({.command = "retire", .successor = successor_});
    retire_timer_.expires_after(context_.former.retire);
    retire_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) Handle(WorkerInput::kStop);
    });
}

void WorkerProcess::AskToStop() noexcept {
    log::info("{}: stopping PID {}", name(), pid());
    Send({.command = "stop"});
    if (process_) process_->child->Signal(SIGTERM);
}

void WorkerProcess::Kill() noexcept {
    if (process_) process_->child->Signal(SIGKILL);
}

// Each beat puts the deadline off: the timer is left alone, and looks at it when it ends.
void WorkerProcess::SetTimer(Millis after) {
    deadline_ = context_.clock.Steady() + after;
    if (!timer_ends_ || *timer_ends_ > *deadline_) WaitForDeadline();
}

void WorkerProcess::WaitForDeadline() {
    timer_ends_ = deadline_;
    timer_.expires_at(*deadline_);
    // A wait that has ended already cannot be cancelled any more; its number is out of date.
    timer_.async_wait([this, number = ++timer_number_](const boost::system::error_code& error) {
        if (!error && number == timer_number_) OnTimer();
    });
}

void WorkerProcess::OnTimer() {
    timer_ends_.reset();
    if (!deadline_) return;
    const auto now = context_.clock.Steady();
    if (now < *deadline_) return WaitForDeadline();
    if (context_.wakefulness.JustWoke()) return SetTimer(Wakefulness::kCatchUp);
    deadline_.reset();
    machine_.Handle(WorkerInput::kTimeout);
}

void WorkerProcess::CancelTimer() {
    deadline_.reset();
}

void WorkerProcess::Report(WorkerChange change, std::optional<Millis> retry) {
    Log(change, NextStart(retry));
    PublishChange(change, retry);
    if (change == WorkerChange::kStopped) context_.ended();
}

std::string WorkerProcess::Intensity() const {
    return deaths_.size() > 1 ? fmt::format("; death {} within a minute", deaths_.size()) : "";
}

// Its whole log is where the log is; this is for the tap's readers and for who greps.
std::string WorkerProcess::LastWords() const {
    if (last_words_.last_lines.empty()) return "";
    return "; its last words: " + last_words_.last_lines.back();
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
            log::warn("{}: PID {} died: {}; {}{}{}", name(), last_pid_, how, next, Intensity(),
                      LastWords());
            break;
        case WorkerChange::kHung:
            log::warn("{}: PID {} has sent no heartbeat for {}; {} in its place", name(), pid(),
                      util::FormatDuration(machine_.limits().silence), next);
            break;
        case WorkerChange::kStarved:
            log::warn("{}: PID {} gets no bytes while others get theirs; {} in its place", name(),
                      pid(), next);
            break;
        case WorkerChange::kKilled:
            log::warn("{}: PID {} hangs: killed", name(), pid());
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
                "FILE shows all its problems), then: aircheck reload",
                name(), last_pid_, how);
            break;
    }
}

proto::WorkerEvent WorkerProcess::EventOf(std::string word, pid_t pid) const {
    return {.name = name(),
            .role = role(),
            .event = std::move(word),
            .pid = pid,
            .generation = context_.generation,
            .restarts = starts_ > 0 ? starts_ - 1 : 0,
            .time = time::ToUnixSeconds(context_.clock.Now())};
}

void WorkerProcess::PublishChange(WorkerChange change, std::optional<Millis> retry) const {
    auto event = EventOf(EventWord(change), IsAboutExit(change) ? last_pid_ : pid());
    if (event.event.empty()) return;
    if (change == WorkerChange::kStarted) event.time = time::ToUnixSeconds(started_);
    if (IsAboutExit(change) && last_exit_) {
        AddExit(*last_exit_, event);
        if (change != WorkerChange::kStopped) event.last_words = last_words_.last_lines;
        if (!last_words_.stations.empty()) event.suspect = last_words_.stations.front();
    } else if (change == WorkerChange::kSpawnFailed) {
        event.last_words = {spawn_error_};
    } else if (change == WorkerChange::kHung && process_) {
        event.last_words = process_->box.Read().last_lines;
    }
    if (retry) event.retry = std::chrono::duration<double>(*retry).count();
    context_.publish(event);
}

}  // namespace aircheck::supervisor
