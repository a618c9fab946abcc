// SPDX-License-Identifier: MIT
#include "supervisor/former_process.h"

#include <csignal>
#include <utility>

#include "common/log/log.h"

namespace aircheck::supervisor {

FormerProcess::FormerProcess(boost::asio::io_context& loop, std::string title, const Limits& limits,
                             Actions actions)
    : title_(std::move(title)), limits_(limits), actions_(std::move(actions)), timer_(loop) {}

void FormerProcess::Retire() {
    if (stage_ >= Stage::kRetiring) return;
    Enter(Stage::kRetiring, limits_.retire);
    actions_.retire();
}

void FormerProcess::Stop() {
    if (stage_ >= Stage::kStopping) return;
    Enter(Stage::kStopping, limits_.stop);
    actions_.signal(SIGTERM);
}

void FormerProcess::Kill() {
    Enter(Stage::kKilled, limits_.after_kill);
    actions_.signal(SIGKILL);
}

void FormerProcess::KillAfter(Millis delay) {
    Wait(delay, &FormerProcess::Kill);
}

void FormerProcess::Enter(Stage stage, Millis patience) {
    stage_ = stage;
    Wait(patience, &FormerProcess::Escalate);
}

void FormerProcess::Wait(Millis patience, void (FormerProcess::*then)()) {
    waiting_ = std::make_shared<char>();
    timer_.expires_after(patience);
    timer_.async_wait(
        [this, then, wait = std::weak_ptr<void>(waiting_)](const boost::system::error_code& error) {
            if (!error && !wait.expired()) (this->*then)();
        });
}

void FormerProcess::Escalate() {
    if (stage_ == Stage::kRetiring) {
        log::warn("{} has not finished in time: asked to stop", title_);
        Stop();
    } else {
        log::warn("{} did not stop in time: killed", title_);
        Kill();
    }
}

}  // namespace aircheck::supervisor
