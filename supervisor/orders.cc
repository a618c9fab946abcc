// SPDX-License-Identifier: MIT
// What the supervisor is told to do: by signals, by requests, by the clock.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

#include "common/log/log.h"
#include "common/storage/clock_file.h"
#include "common/util/error.h"
#include "common/worker/process_status.h"
#include "supervisor/accepted_config.h"
#include "supervisor/supervisor.h"

namespace aircheck::supervisor {
namespace {

constexpr std::uint64_t kClockFileEvery = 60;  // beats

// For the last words to reach the taps.
constexpr std::chrono::milliseconds kFarewell{50};

// What cannot be changed while others hold on to it.
bool NeedsNewSupervisor(const config::Config& now, const config::Config& fresh) {
    return now.listen != fresh.listen || now.tap != fresh.tap || now.tap_key != fresh.tap_key ||
           now.machines != fresh.machines;
}

}  // namespace

void Supervisor::WaitForSignal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        OnSignal(signal);
        WaitForSignal();
    });
}

void Supervisor::OnSignal(int signal) {
    const char* name = sigabbrev_np(signal);
    if (signal == SIGHUP) {
        log::info("SIG{}: reloading {}", name, config_.file.string());
        Reload();
    } else if (signal == SIGUSR2) {
        log::info("SIG{}: soft restart", name);
        Restart();
    } else if (!stopping_) {
        log::info("SIG{}: stopping; once more kills at once", name);
        Stop();
    } else {
        log::warn("SIG{} again: killing what still runs", name);
        workers_.KillAll();
    }
}

void Supervisor::Stop() {
    stopping_ = true;
    service_manager_.Stopping();
    successor_.Cancel("aircheckd is being stopped");
    if (predecessor_) predecessor_->SayStop();
    orphans_.StopAll();
    workers_.StopAll([this] { EndIfAllHaveStopped(); });
}

void Supervisor::EndIfAllHaveStopped() {
    if (orphans_.empty() && workers_.AllStopped()) End();
}

void Supervisor::End() {
    tick_.expires_after(kFarewell);
    tick_.async_wait([this](const boost::system::error_code&) { loop_.stop(); });
}

bool Supervisor::IsBusy() const {
    return !successor_.idle() || predecessor_ || !orphans_.empty() || stopping_ || is_former_;
}

Successor::Options Supervisor::RestartOptions() const {
    return {program_, config_.file, last_generation_ + 1, config_.restart_timeout};
}

void Supervisor::Restart() {
    if (stopping_) return;
    restart_due_ = IsBusy();
    if (restart_due_)
        log::info("restart: follows when what is under way has ended");
    else
        BeginRestart();
}

// Each attempt is a generation of its own: of one that failed, workers may still be there.
void Supervisor::BeginRestart() {
    const auto options = RestartOptions();
    last_generation_ = options.generation;
    successor_.Begin(options);
}

void Supervisor::Answer(const proto::Request& request, const std::string& identity) {
    const std::string_view what = request.request;
    const auto refuse = [&](const char* why) {
        hub_.Send(identity, proto::Answer{.id = request.id, .text = why});
    };
    if (stopping_) return refuse("Aircheck is being stopped.");
    if (is_former_) return refuse("Others have just taken over; ask again.");
    if (what == "halt") return Halt(request, identity);
    if (Errands::IsOne(what)) return errands_.Begin(request, identity);
    proto::Answer answer{.id = request.id, .accepted = true};
    if (what == "upgrade") {
        if (!IsBusy()) return Upgrade(request, identity);
        return refuse("A restart is under way already.");
    }
    if (what == "restart") {
        Restart();
        answer.text = restart_due_ ? "A soft restart follows when what is under way has ended."
                                   : "A soft restart has begun.";
    } else if (what == "dolist") {
        answer.tasks = Tasks();
    } else {
        return refuse("Nothing is known of such a request.");
    }
    hub_.Send(identity, answer);
}

void Supervisor::Halt(const proto::Request& request, const std::string& identity) {
    log::info("halt: stopping, as {} was asked to", request.name);
    hub_.Send(identity, proto::Answer{.id = request.id,
                                      .accepted = true,
                                      .text = "Everything is being stopped, in order."});
    Stop();
}

std::vector<proto::Task> Supervisor::Tasks() {
    std::vector<proto::Task> tasks = errands_.Tasks();
    if (restart_due_) tasks.push_back({.what = "restart"});
    if (reload_due_) tasks.push_back({.what = "reload"});
    workers_.ForEach([&](const WorkerProcess& worker) {
        const auto at = worker.starts_at();
        if (!at) return;
        const auto wait = std::chrono::duration_cast<time::Micros>(*at - clock_.Steady());
        tasks.push_back({.what = "worker",
                         .subject = worker.name(),
                         .at = time::ToUnixSeconds(clock_.Now() + wait)});
    });
    return tasks;
}

void Supervisor::Upgrade(const proto::Request& request, const std::string& identity) {
    successor_.Check(RestartOptions(), [this, id = request.id,
                                        identity](const Successor::Checked& checked) {
        proto::Answer answer{.id = id, .running = AIRCHECK_VERSION, .installed = checked.version};
        answer.accepted = checked.reason.empty() && checked.version != AIRCHECK_VERSION;
        if (!checked.reason.empty())
            answer.text = "The installed program cannot take over: " + checked.reason;
        else
            answer.text = answer.accepted ? "A soft restart onto the installed version has begun."
                                          : "The installed version is the one that runs.";
        hub_.Send(identity, answer);
        if (answer.accepted) Restart();
    });
}

void Supervisor::Reload() {
    if (stopping_) return;
    reload_due_ = IsBusy();
    if (reload_due_) return log::info("reload: follows when what is under way has ended");
    auto loaded = config::Load(config_.file);
    for (const auto& problem : loaded.problems) log::error("{}", problem.Text());
    if (!loaded.ok()) {
        log::error("reload: nothing has been changed; correct the file and try again");
        TellReload("refused", WhyRefused(loaded));
    } else if (loaded.config.storage != config_.storage) {
        const auto reason = fmt::format(
            "the storage cannot be changed from {} to {} while recordings go on; stop and start "
            "aircheckd to do so",
            config_.storage.string(), loaded.config.storage.string());
        log::error("reload: nothing has been changed: {}", reason);
        TellReload("refused", reason);
    } else if (NeedsNewSupervisor(config_, loaded.config)) {
        log::info("reload: by a soft restart, since listen, tap or machines have changed");
        Restart();
    } else {
        Apply(std::move(loaded.config));
    }
}

void Supervisor::Apply(config::Config fresh) {
    try {
        for (const auto& station : fresh.stations) layout_.CreateStation(station.callsign);
    } catch (const std::exception& error) {
        const auto reason = util::DescribeException(error);
        log::error("reload: nothing has been changed: {}", reason);
        return TellReload("refused", reason);
    }
    for (const auto& station : config_.stations) {
        // Who finds out whether it is silent still is another process, or nobody.
        hub_.Forget("silence." + station.callsign);
        if (fresh.FindStation(station.callsign)) continue;
        for (const char* topic : {"station.", "title."}) hub_.Forget(topic + station.callsign);
    }
    config_ = std::move(fresh);
    setting_.accepted = KeepAcceptedConfig(config_);
    log::SetLevel(config_.loglevel);
    stations_.Update(config_);
    shards_.Update(config_);
    workers_.Apply(Plan(), WorkerLimits(config_), Others::kReplace);
    log::info("reload: {} stations", config_.stations.size());
    TellReload("reloaded", "");
}

void Supervisor::TellReload(const std::string& word, const std::string& reason) {
    hub_.Publish(proto::RestartEvent{.event = word,
                                     .pid = getpid(),
                                     .generation = generation_,
                                     .version = AIRCHECK_VERSION,
                                     .reason = reason,
                                     .time = time::ToUnixSeconds(clock_.Now())});
}

void Supervisor::Quarantine(const std::string& station) {
    if (stopping_ || is_former_ || !shards_.Quarantine(station)) return;
    log::error(
        "{}: its bytes have brought a downloader down; it is recorded by a process of its own "
        "from now on, so that the others go on. Please report this, with the core file if there "
        "is one",
        station);
    // Who died comes back without it; the rest can wait until that one runs.
    workers_.Respecify(Plan());
    boost::asio::post(loop_, [this] {
        if (!stopping_ && !is_former_) workers_.Apply(Plan(), WorkerLimits(config_), Others::kKeep);
    });
}

void Supervisor::WaitForTick() {
    tick_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // the end has the timer
        Tick();
        // When the workers beat as well: one awakening for all.
        tick_.expires_at(std::chrono::floor<std::chrono::seconds>(clock_.Steady()) +
                         Wakefulness::kTick);
        WaitForTick();
    });
}

void Supervisor::Tick() {
    wakefulness_.Tick();
    BeatOnce();
    TellLogs();
    KeepClockFile();
    TellServiceManager();
    LookIfReady();
    if (!wakefulness_.JustWoke()) orphans_.KillSilent(2 * config_.defaults.cycle_time);
    successor_.Tick();
    switchboard_.LookForStarving(2 * config_.defaults.cycle_time);
    if (account_.IsDone()) TellRestart("done");
    if (IsBusy()) return;
    if (std::exchange(reload_due_, false)) Reload();
    if (!IsBusy() && std::exchange(restart_due_, false)) Restart();
}

void Supervisor::BeatOnce() {
    const worker::ProcessStatus status = worker::ReadProcessStatus();
    hub_.Publish(proto::Heartbeat{
        .name = "supervisor",
        .role = "supervisor",
        .pid = getpid(),
        .generation = generation_,
        .seq = ++beats_,
        .time = time::ToUnixSeconds(clock_.Now()),
        .uptime = std::chrono::duration<double>(clock_.Steady() - started_).count(),
        .memory = status.resident_bytes,
        .memory_peak = status.peak_bytes,
        .threads = status.threads,
    });
}

void Supervisor::TellLogs() {
    if (log_) {
        const double now = time::ToUnixSeconds(clock_.Now());
        if (const auto event = log_tail_.Look("supervisor", getpid(), *log_, now))
            hub_.Publish(*event);
    }
    workers_.ForEach([this](WorkerProcess& worker) {
        if (const auto event = worker.FreshLog()) hub_.Publish(*event);
    });
}

void Supervisor::KeepClockFile() const {
    if (!has_names_ || is_former_ || beats_ % kClockFileEvery != 1) return;
    try {
        storage::WriteClockFile(layout_.ClockFile());
    } catch (const std::exception& error) {
        log::debug("{}", util::DescribeException(error));  // a full disk is told of elsewhere
    }
}

void Supervisor::TellServiceManager() {
    if (!has_names_ || is_former_) return;
    service_manager_.Update({.not_ready = workers_.NotReady(),
                             .recording = stations_.Recording(time::ToUnixSeconds(clock_.Now())),
                             .stations = config_.stations.size()});
}

}  // namespace aircheck::supervisor
