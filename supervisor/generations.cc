// SPDX-License-Identifier: MIT
// The supervisor among those before and after it.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <iterator>
#include <system_error>

#include "common/log/log.h"
#include "common/util/error.h"
#include "supervisor/instance_file.h"
#include "supervisor/supervisor.h"

namespace aircheck::supervisor {

// --- The supervisors before this one

// What the older one says may end it: not before it has finished speaking.
Predecessor::Handlers Supervisor::PredecessorHandlers() {
    const auto later = [this](void (Supervisor::*then)()) {
        return [this, then] { boost::asio::post(loop_, [this, then] { (this->*then)(); }); };
    };
    return {.granted = later(&Supervisor::OnGranted),
            .died = later(&Supervisor::OnPredecessorDied),
            .ended = later(&Supervisor::OnPredecessorEnded)};
}

std::vector<std::string> Supervisor::Successors() const {
    std::vector<std::string> sockets;
    sockets.reserve(static_cast<std::size_t>(config_.webapis));
    for (int i = 0; i < config_.webapis; ++i)
        sockets.push_back(
            layout_.TakeoverSocket(fmt::format("{}-{}", kWebApi, i), generation_).string());
    return sockets;
}

bool Supervisor::DoesAllTheWorkOf(const std::set<std::string>& recorded) const {
    if (!workers_.NotReady().empty()) return false;
    const double now = time::ToUnixSeconds(clock_.Now());
    return std::ranges::all_of(recorded, [&](const auto& station) {
        return !stations_.Has(station) || stations_.IsRecording(station, now) ||
               stations_.IsRefused(station);
    });
}

void Supervisor::LookIfReady() {
    if (stopping_ || is_former_) return;
    if (predecessor_) {
        if (!predecessor_->has_granted() && DoesAllTheWorkOf(predecessor_->recording()))
            predecessor_->SayReady(Successors());
    } else if (orphans_.HaveWaited(config_.restart_timeout) ||
               (orphans_.HaveCalledIn() && DoesAllTheWorkOf(orphans_.Recording()))) {
        account_.Begin(orphans_.Recording());
        orphans_.RetireAll(Successors());
    }
}

void Supervisor::TakeNames() {
    if (!pid_file_) pid_file_.emplace(TakeInstanceFile(config_, true));
    TakeEndpoints();
    has_names_ = true;
}

void Supervisor::OnGranted() {
    if (stopping_) return;
    try {
        account_.Begin(predecessor_->recording());
        TakeNames();
        Activate();
    } catch (const std::exception& error) {
        log::error("restart: cannot take over: {}", util::DescribeException(error));
        predecessor_->SayFailed(util::DescribeException(error));
        exit_code_ = 1;
        Stop();
    }
}

void Supervisor::Activate() {
    setting_.standby = false;
    workers_.Respecify(Plan());
    predecessor_->SayTaken();
    service_manager_.Start();
    TellServiceManager();
    TellRestart("taken");
}

// Before it has let this one take over, or while it did so.
void Supervisor::OnPredecessorDied() {
    if (!has_names_) OnGranted();
    OnPredecessorEnded();
}

void Supervisor::OnPredecessorEnded() {
    predecessor_.reset();
    storage::PidFile::RemoveStale(layout_.FormerPidFile("supervisor"));
    account_.OnEnded();
    AdoptOrphans();
}

void Supervisor::AdoptOrphans() {
    if (stopping_ || is_former_) return;
    const auto is_ours = [this](pid_t pid) {
        bool found = orphans_.Has(pid);
        workers_.ForEach([&](const WorkerProcess& each) { found = found || each.Has(pid); });
        return found;
    };
    try {
        Adopt(
            FindLeftovers(layout_, is_ours, [this](int number) { return number == generation_; }));
    } catch (const std::system_error& error) {
        log::warn("workers that another supervisor left cannot be looked for: {}", error.what());
    }
}

void Supervisor::Adopt(const Leftovers& leftovers) {
    if (leftovers.workers.empty()) return ClearAway(leftovers);
    try {
        for (const auto& endpoint : leftovers.controls)
            if (orphans_controls_.insert(endpoint).second) hub_.BindAlso(endpoint);
    } catch (const std::exception& error) {
        log::warn("{}", util::DescribeException(error));
    }
    orphans_.Adopt(leftovers.workers);
}

/// What other generations have left, at the end: who has ended since cannot do it.
void Supervisor::ClearUp() noexcept {
    try {
        const auto nobody = [](pid_t) { return false; };
        const auto found =
            FindLeftovers(layout_, nobody, [this](int number) { return number == generation_; });
        if (found.workers.empty()) ClearAway(found);
        // A predecessor that was killed may have had its lock a moment longer than its socket.
        storage::PidFile::RemoveStale(layout_.FormerPidFile("supervisor"));
    } catch (const std::exception& error) {
        log::warn("{}", util::DescribeException(error));
    }
}

void Supervisor::OnOrphanEnded() {
    if (!orphans_.empty()) return;
    account_.OnEnded();
    if (stopping_) return EndIfAllHaveStopped();
    AdoptOrphans();
}

// --- The one after it

proto::Handover Supervisor::Greeting() const {
    proto::Handover greeting{.kind = "greeting",
                             .version = AIRCHECK_VERSION,
                             .generation = last_generation_ - 1,
                             .activated = activated_,
                             .notify_socket = service_.notify_socket,
                             .watchdog = static_cast<std::uint64_t>(service_.watchdog.count()),
                             .stations = Recording()};
    std::ranges::transform(listeners_, std::back_inserter(greeting.addresses), &Listener::address);
    greeting.quarantined.assign(shards_.quarantined().begin(), shards_.quarantined().end());
    return greeting;
}

std::vector<int> Supervisor::Listeners() const {
    return setting_.listen_fds;
}

std::vector<std::string> Supervisor::Recording() const {
    return stations_.Recorded(time::ToUnixSeconds(clock_.Now()));
}

void Supervisor::StepBack() {
    pid_file_->Rename(layout_.FormerPidFile("supervisor"));
}

void Supervisor::StepForward() {
    pid_file_->Rename(layout_.PidFile("supervisor"));
}

void Supervisor::Release() {
    hub_.ReleasePublicEndpoints();
    machines_.reset();
}

void Supervisor::TakeBack() {
    try {
        TakeEndpoints();
    } catch (const std::exception& error) {
        log::error("restart: {}", util::DescribeException(error));
    }
}

void Supervisor::TakeEndpoints() {
    hub_.TakePublicEndpoints();
    if (!config_.machines) return;
    machines_.emplace(loop_, clock_, *config_.machines, [this](const proto::MachineEvent& event) {
        hub_.Publish(event);
        if (event.event == "forgotten") hub_.Forget(proto::Topic(event));
    });
    machines_->Start();
}

void Supervisor::OnTaken(pid_t pid, const std::vector<std::string>& successors) {
    is_former_ = true;
    service_manager_.HandOver(pid);
    // What was asked of this one too late for it is the other's to do.
    if (restart_due_) ::kill(pid, SIGUSR2);
    if (reload_due_) ::kill(pid, SIGHUP);
    workers_.RetireAll(successors, [this] { End(); });
}

void Supervisor::OnStop() {
    workers_.StopAll([this] { End(); });
}

void Supervisor::OnFailed() {
    AdoptOrphans();
}

void Supervisor::Tell(const proto::RestartEvent& event) {
    if (event.event == "failed") {
        log::error("restart: failed, and all is as before: {}", event.reason);
    } else {
        log::info("restart: {}: generation {}, PID {}, version {}", event.event, event.generation,
                  event.pid, event.version);
    }
    hub_.Publish(event);
}

// Of this one, that has taken over.
void Supervisor::TellRestart(const std::string& word) {
    proto::RestartEvent event{.event = word,
                              .pid = getpid(),
                              .generation = generation_,
                              .version = AIRCHECK_VERSION,
                              .time = time::ToUnixSeconds(clock_.Now())};
    if (word == "done") {
        account_.Report(event);
        log::info("restart: done: of {} stations that were being recorded, {} go on frame by frame",
                  event.stations, event.exact);
    }
    hub_.Publish(event);
}

}  // namespace aircheck::supervisor
