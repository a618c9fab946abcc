// SPDX-License-Identifier: MIT
#include "supervisor/service_manager.h"

#include "common/log/log.h"

namespace aircheck::supervisor {
namespace {

std::string StatusLine(const ServiceManager::Status& status) {
    std::string line =
        fmt::format("STATUS=Recording {} of {} stations", status.recording, status.stations);
    if (!status.not_ready.empty()) {
        line += fmt::format("; not ready: {}", fmt::join(status.not_ready, ", "));
    }
    return line;
}

}  // namespace

ServiceManager::ServiceManager(boost::asio::io_context& loop, const time::Clock& clock,
                               const ServiceEnvironment& given)
    : clock_(clock),
      patience_ends_(clock.Steady() + kPatience),
      feed_every_(given.watchdog / 2),
      socket_(given.notify_socket),
      timer_(loop) {}

void ServiceManager::Start() {
    if (socket_ && feed_every_.count() > 0) Feed();
}

void ServiceManager::Feed() {
    socket_.Send("WATCHDOG=1");
    timer_.expires_after(feed_every_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) Feed();
    });
}

void ServiceManager::Update(const Status& status) {
    if (!socket_ || stopping_) return;
    const bool is_ready = ready_ || status.not_ready.empty() || clock_.Steady() >= patience_ends_;
    const std::string line = StatusLine(status);
    if (is_ready == ready_ && line == told_) return;
    // What is not taken is said again next time.
    if (!socket_.Send(is_ready == ready_ ? line : "READY=1\n" + line)) return;
    ready_ = is_ready;
    told_ = line;
}

void ServiceManager::HandOver(pid_t pid) {
    stopping_ = true;
    timer_.cancel();
    socket_.Send(fmt::format("MAINPID={}", pid));
}

void ServiceManager::Stopping() {
    stopping_ = true;
    socket_.Send("STOPPING=1\nSTATUS=Stopping");
}

}  // namespace aircheck::supervisor
