// SPDX-License-Identifier: MIT
#include "supervisor/supervisor.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/worker/process_status.h"
#include "proto/beat.h"
#include "proto/endpoints.h"

namespace aircheck::supervisor {
namespace {

constexpr int kGeneration = 1;
constexpr std::chrono::seconds kBeatEvery{1};

// For the last words to reach the taps.
constexpr std::chrono::milliseconds kFarewell{50};

std::variant<storage::PidFile, storage::PidFile::Holder> Prepare(const config::Config& config) {
    const storage::Layout layout(config.storage);
    try {
        layout.Create();
        for (const auto& station : config.stations) layout.CreateStation(station.callsign);
        return storage::PidFile::Acquire(layout.PidFile("supervisor"));
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::read_only_file_system &&
            error.code() != std::errc::permission_denied)
            throw;
        throw std::runtime_error(fmt::format(
            "{}: nothing can be recorded to {}; make it writable for this user (where it is "
            "mounted read-only: mount -o remount,rw), or name another folder as `storage`",
            error.what(), config.storage.string()));
    }
}

storage::PidFile TakePidFile(const config::Config& config) {
    auto taken = Prepare(config);
    if (const auto* holder = std::get_if<storage::PidFile::Holder>(&taken)) {
        throw std::runtime_error(fmt::format(
            "aircheckd is already running as PID {} with the storage {}; to start it anew, end "
            "that one first: kill {}",
            holder->pid, config.storage.string(), holder->pid));
    }
    return std::move(std::get<storage::PidFile>(taken));
}

std::vector<WorkerSpec> Plan(const config::Config& config, const std::filesystem::path& own_folder,
                             const std::vector<Listener>& listeners) {
    WorkerPlan plan{
        own_folder, proto::ControlEndpoint(config.storage, kGeneration), kGeneration, {}};
    for (const auto& listener : listeners) plan.listen_fds.push_back(listener.fd.get());
    return PlanWorkers(config, plan);
}

WorkerMachine::Limits WorkerLimits(const config::Config& config) {
    WorkerMachine::Limits limits;
    limits.silence = 2 * config.defaults.cycle_time;
    limits.first_beat = std::max(limits.first_beat, limits.silence);
    return limits;
}

std::size_t CountMachines(const config::Config& config) {
    return config.machines ? proto::kMaxMachines + config.machines->expect.size() : 0;
}

}  // namespace

Supervisor::Supervisor(const config::Config& config, const std::filesystem::path& own_folder,
                       ServiceEnvironment given)
    : config_(config),
      clock_(time::SystemClock()),
      started_(clock_.Steady()),
      pid_file_(TakePidFile(config)),
      listeners_(given.sockets.empty() ? Listen(config.listen) : Adopt(std::move(given.sockets))),
      signals_(loop_, SIGTERM, SIGINT),
      tick_(loop_),
      service_manager_(loop_, clock_, given),
      stations_(config),
      hub_(loop_, context_, clock_,
           {config.storage, kGeneration, config.tap, config.stations.size(), CountMachines(config)},
           [this](Hub::Incoming incoming) { OnMessage(std::move(incoming)); }),
      workers_(Plan(config, own_folder, listeners_),
               {.loop = loop_,
                .clock = clock_,
                .generation = kGeneration,
                .publish = [this](const proto::WorkerEvent& event) { hub_.Publish(event); },
                .command = [this](const std::string& identity,
                                  const proto::Command& command) { hub_.Send(identity, command); },
                .stopped = nullptr},
               WorkerLimits(config)) {
    hub_.TakePublicEndpoints();
    if (config.machines) {
        machines_.emplace(loop_, clock_, *config.machines,
                          [this](const proto::MachineEvent& event) { Tell(event); });
    }
    signals_.add(SIGHUP);
    signals_.add(SIGUSR2);
}

void Supervisor::Run() {
    for (const auto& listener : listeners_) log::info("listening on {}", listener.address);
    WaitForSignal();
    service_manager_.Start();
    tick_.expires_after(std::chrono::seconds{0});
    WaitForTick();
    workers_.Start();
    if (machines_) machines_->Start();
    loop_.run();
    log::info("ended");
}

void Supervisor::OnMessage(Hub::Incoming incoming) {
    std::visit([&](const auto& message) { Take(incoming, message); }, incoming.message);
}

WorkerProcess* Supervisor::Sender(const Hub::Incoming& incoming, const std::string& name, int pid) {
    WorkerProcess* worker = workers_.Find(name, pid);
    if (worker) {
        worker->HeardFrom(incoming.identity);
    } else {
        hub_.CountForeign(fmt::format("{} from PID {}", incoming.topic, pid));
    }
    return worker;
}

void Supervisor::Take(const Hub::Incoming& incoming, const proto::Heartbeat& beat) {
    WorkerProcess* worker = Sender(incoming, beat.name, beat.pid);
    if (!worker) return;
    worker->Handle(WorkerInput::kBeat);
    hub_.Publish(incoming.topic, incoming.json);
    for (const auto& part : beat.stations) {
        const auto event = stations_.OnBeat(beat.name, part, beat.uptime, beat.time);
        if (!event) continue;
        log::info("{}: bitrate is {} kbit/s", event->station, event->bitrate);
        hub_.Publish(*event);
        worker->Send({.command = "bitrate", .station = event->station, .kbps = event->bitrate});
    }
}

void Supervisor::Take(const Hub::Incoming& incoming, const proto::Ready& ready) {
    WorkerProcess* worker = Sender(incoming, ready.name, ready.pid);
    if (!worker) return;
    worker->Handle(WorkerInput::kReady);
    TellServiceManager();
}

void Supervisor::Take(const Hub::Incoming& incoming, const proto::StationEvent& event) {
    if (stations_.Has(event.station)) {
        hub_.Publish(stations_.Complete(event));
    } else {
        hub_.CountForeign(incoming.topic);
    }
}

void Supervisor::Take(const Hub::Incoming& incoming, const proto::SegmentEvent& event) {
    PassOn(incoming, event.station);
}

void Supervisor::Take(const Hub::Incoming& incoming, const proto::TitleEvent& event) {
    PassOn(incoming, event.station);
}

// What else can be said is for the supervisor to say, not to hear.
template <typename Other>
void Supervisor::Take(const Hub::Incoming& incoming, const Other&) {
    hub_.CountForeign(incoming.topic);
}

void Supervisor::PassOn(const Hub::Incoming& incoming, const std::string& station) {
    if (stations_.Has(station)) {
        hub_.Publish(incoming.topic, incoming.json);
    } else {
        hub_.CountForeign(incoming.topic);
    }
}

void Supervisor::Tell(const proto::MachineEvent& event) {
    hub_.Publish(event);
    if (event.event == "forgotten") hub_.Forget(proto::Topic(event));
}

void Supervisor::WaitForSignal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        OnSignal(signal);
        WaitForSignal();
    });
}

void Supervisor::OnSignal(int signal) {
    const char* name = sigabbrev_np(signal);
    if (signal == SIGHUP || signal == SIGUSR2) {
        log::warn("SIG{}: not supported by this version yet; restart to apply", name);
    } else if (!stopping_) {
        log::info("SIG{}: stopping; once more kills at once", name);
        Stop();
    } else {
        log::warn("SIG{} again: killing what still runs", name);
        workers_.Kill();
    }
}

void Supervisor::Stop() {
    stopping_ = true;
    service_manager_.Stopping();
    workers_.Stop([this] {
        tick_.expires_after(kFarewell);
        tick_.async_wait([this](const boost::system::error_code&) { loop_.stop(); });
    });
}

void Supervisor::WaitForTick() {
    tick_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;  // the end has the timer
        BeatOnce();
        tick_.expires_at(std::max(tick_.expiry() + kBeatEvery, clock_.Steady()));
        WaitForTick();
    });
}

void Supervisor::BeatOnce() {
    const worker::ProcessStatus status = worker::ReadProcessStatus();
    hub_.Publish(proto::Heartbeat{
        .name = "supervisor",
        .role = "supervisor",
        .pid = getpid(),
        .generation = kGeneration,
        .seq = ++beats_,
        .time = time::ToUnixSeconds(clock_.Now()),
        .uptime = std::chrono::duration<double>(clock_.Steady() - started_).count(),
        .memory = status.resident_bytes,
        .memory_peak = status.peak_bytes,
        .threads = status.threads,
    });
    TellServiceManager();
}

void Supervisor::TellServiceManager() {
    service_manager_.Update({.not_ready = workers_.NotReady(),
                             .recording = stations_.Recording(time::ToUnixSeconds(clock_.Now())),
                             .stations = config_.stations.size()});
}

}  // namespace aircheck::supervisor
