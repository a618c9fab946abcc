// SPDX-License-Identifier: MIT
#include "supervisor/successor.h"

#include <csignal>
#include <exception>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/units.h"

namespace aircheck::supervisor {
namespace {

constexpr std::chrono::seconds kCheckTimeout{20};

// From the leave to take the names to having them.
constexpr std::chrono::seconds kTakeTimeout{15};

}  // namespace

Successor::Successor(boost::asio::io_context& loop, const time::Clock& clock, SuccessorHost& host)
    : loop_(loop), clock_(clock), host_(host), timer_(loop) {}

void Successor::Check(const Options& options, std::function<void(const Checked&)> done) {
    options_ = options;
    on_checked_ = std::move(done);
    reason_.clear();
    version_.clear();
    Launch(Stage::kChecking, "--check", kCheckTimeout);
}

void Successor::Begin(const Options& options) {
    begun_ = clock_.Steady();
    Check(options, [this](const Checked& checked) { Start(checked); });
}

void Successor::Start(const Checked& checked) {
    if (!checked.reason.empty()) return Fail(checked.reason);
    version_ = checked.version;
    try {
        host_.StepBack();
        Launch(Stage::kStarting, "", options_.timeout);
        if (stage_ != Stage::kStarting) return;
        link_->Send(host_.Greeting(), host_.Listeners());
        Tell("begun");
    } catch (const std::exception& error) {
        Fail(util::DescribeException(error));
    }
}

void Successor::Launch(Stage stage, const std::string& option, std::chrono::milliseconds timeout) {
    stage_ = stage;
    try {
        auto [ours, theirs] = takeover::Channel::Pair();
        event::ChildProcess::Options child{
            options_.program.string(),
            {"--config", options_.config.string(), "--take-over-from",
             std::to_string(event::ChildProcess::kFirstInherited)},
            {theirs.fd()}};
        if (!option.empty()) child.arguments.push_back(option);
        link_ = std::make_unique<HandoverLink>(
            loop_, std::move(ours),
            HandoverLink::Handlers{.message = [this](const proto::Handover& message,
                                                     const auto&) { OnMessage(message); },
                                   .closed = nullptr});  // its end is told by OnExit
        child_ = std::make_unique<event::ChildProcess>(
            loop_, child, [this](const event::ExitStatus& status) { OnExit(status); });
        SetTimer(timeout, fmt::format("it was not ready in {}", util::FormatDuration(timeout)));
    } catch (const std::exception& error) {
        Fail(util::DescribeException(error));
    }
}

void Successor::SetTimer(std::chrono::milliseconds timeout, const std::string& reason) {
    timer_.expires_after(timeout);
    timer_.async_wait(
        [this, reason, number = ++timer_number_](const boost::system::error_code& error) {
            if (!error && number == timer_number_) Fail(reason);
        });
}

void Successor::Tick() {
    if (stage_ == Stage::kStarting)
        link_->Send({.kind = "recording", .stations = host_.Recording()});
}

void Successor::OnMessage(const proto::Handover& message) {
    if (message.kind == "checked" && stage_ == Stage::kChecking) {
        version_ = message.version;
        reason_ = message.reason;
    } else if (message.kind == "ready" && stage_ == Stage::kStarting) {
        OnReady(message);
    } else if (message.kind == "taken" && stage_ == Stage::kGranted) {
        OnTaken();
    } else if (message.kind == "stop" && stage_ == Stage::kTaken) {
        host_.OnStop();
    } else if (message.kind == "failed") {
        reason_ = message.reason;
    }
}

void Successor::OnReady(const proto::Handover& message) {
    stage_ = Stage::kGranted;
    successors_ = message.successors;
    Tell("ready");
    host_.Release();
    link_->Send({.kind = "granted"});
    SetTimer(kTakeTimeout, "it did not take over in time");
}

void Successor::OnTaken() {
    stage_ = Stage::kTaken;
    ++timer_number_;
    timer_.cancel();
    Tell("taken");
    host_.OnTaken(child_->pid(), successors_);
}

void Successor::OnExit(const event::ExitStatus& status) {
    child_.reset();
    if (stage_ == Stage::kFailing) {
        BeIdle();
        host_.OnFailed();
    } else if (stage_ == Stage::kChecking && !version_.empty()) {
        OnChecked({version_, reason_});
    } else if (stage_ == Stage::kTaken) {
        log::error("restart: the new supervisor has ended: {}", status.Text());
    } else {
        Fail(reason_.empty() ? fmt::format("it ended with {}", status.Text()) : reason_);
    }
}

void Successor::OnChecked(const Checked& checked) {
    BeIdle();
    std::exchange(on_checked_, nullptr)(checked);
}

void Successor::BeIdle() {
    ++timer_number_;
    timer_.cancel();
    link_.reset();
    end_.reset();
    child_.reset();
    stage_ = Stage::kIdle;
}

void Successor::Fail(const std::string& reason) {
    const Stage stage = stage_;
    if (stage == Stage::kChecking) {
        if (child_) child_->Signal(SIGKILL);
        return OnChecked({version_, reason});
    }
    if (stage == Stage::kGranted) host_.TakeBack();
    if (stage != Stage::kIdle) host_.StepForward();
    Tell("failed", reason);
    if (!child_) {
        BeIdle();
        return host_.OnFailed();
    }
    stage_ = Stage::kFailing;
    ++timer_number_;
    timer_.cancel();
    end_ = std::make_unique<FormerProcess>(
        loop_, fmt::format("restart: the new supervisor, PID {},", child_->pid()),
        FormerProcess::Limits{},
        FormerProcess::Actions{.retire = nullptr,
                               .signal = [this](int signal) { child_->Signal(signal); }});
    end_->Stop();
}

void Successor::Tell(const std::string& event, const std::string& reason) {
    host_.Tell({.event = event,
                .pid = child_ ? child_->pid() : 0,
                .generation = options_.generation,
                .version = version_,
                .reason = reason,
                .time = time::ToUnixSeconds(clock_.Now()),
                .elapsed = std::chrono::duration<double>(clock_.Steady() - begun_).count()});
}

void Successor::Cancel(const std::string& reason) {
    if (stage_ != Stage::kIdle && stage_ != Stage::kTaken) Fail(reason);
}

}  // namespace aircheck::supervisor
