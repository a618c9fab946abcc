// SPDX-License-Identifier: MIT
#include "supervisor/supervisor.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <system_error>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/worker/process_status.h"
#include "proto/beat.h"
#include "proto/endpoints.h"
#include "supervisor/accepted_config.h"
#include "supervisor/instance_file.h"

namespace aircheck::supervisor {
namespace {

// What retiring takes beyond the overlap that a station asks for.
constexpr std::chrono::seconds kRetireBeyond{30};

std::optional<storage::PidFile> BeginAlone(const SupervisorStart& start) {
    if (start.heir) return std::nullopt;
    return TakeInstanceFile(start.config, false);
}

Leftovers LeftBehind(const SupervisorStart& start, const storage::Layout& layout) {
    if (start.heir) return {};
    const auto nobody = [](int) { return false; };
    Leftovers leftovers = FindLeftovers(layout, nobody, nobody);
    if (!leftovers.workers.empty()) return leftovers;
    ClearAway(leftovers);
    return {};
}

int NextGeneration(const SupervisorStart& start, const Leftovers& leftovers) {
    if (start.heir) return start.heir->inheritance.greeting.generation + 1;
    return leftovers.workers.empty() ? 1 : leftovers.generation + 1;
}

std::vector<Listener> OpenListeners(SupervisorStart& start, const Leftovers& leftovers) {
    const auto& endpoints = start.config.listen;
    if (!start.service.sockets.empty()) return Adopt(std::move(start.service.sockets));
    if (!start.heir) return Listen(endpoints, Adopt(AskForListeners(leftovers)));
    auto inherited = Adopt(std::move(start.heir->inheritance.sockets));
    if (start.heir->inheritance.greeting.activated) return inherited;
    return Listen(endpoints, std::move(inherited));
}

ServiceEnvironment ServiceOf(const SupervisorStart& start) {
    if (!start.heir) return {start.service.notify_socket, start.service.watchdog, {}};
    const auto& greeting = start.heir->inheritance.greeting;
    return {greeting.notify_socket,
            std::chrono::microseconds(static_cast<std::int64_t>(greeting.watchdog)),
            {}};
}

Shards InitialShards(const SupervisorStart& start) {
    Shards shards;
    shards.Update(start.config);
    if (start.heir)
        for (const auto& station : start.heir->inheritance.greeting.quarantined)
            shards.Quarantine(station);
    return shards;
}

FormerProcess::Limits FormerLimits(const config::Config& config) {
    FormerProcess::Limits limits;
    limits.retire = config.defaults.restart_overlap + kRetireBeyond;
    for (const auto& station : config.stations)
        limits.retire = std::max(limits.retire, station.restart_overlap + kRetireBeyond);
    return limits;
}

std::size_t CountMachines(const config::Config& config) {
    return config.machines ? proto::kMaxMachines + config.machines->expect.size() : 0;
}

}  // namespace

Supervisor::Supervisor(SupervisorStart start)
    : config_(start.config),
      program_(start.program),
      service_(ServiceOf(start)),
      clock_(time::SystemClock()),
      started_(clock_.Steady()),
      layout_(config_.storage),
      pid_file_(BeginAlone(start)),
      leftovers_(LeftBehind(start, layout_)),
      generation_(NextGeneration(start, leftovers_)),
      activated_(!start.service.sockets.empty() ||
                 (start.heir && start.heir->inheritance.greeting.activated)),
      listeners_(OpenListeners(start, leftovers_)),
      shards_(InitialShards(start)),
      setting_{start.own_folder, {}, proto::ControlEndpoint(config_.storage, generation_),
               generation_,      {}, start.heir.has_value()},
      signals_(loop_, SIGTERM, SIGINT),
      tick_(loop_),
      service_manager_(loop_, clock_, service_),
      stations_(config_),
      hub_(loop_, clock_,
           {config_.storage, generation_, config_.tap, config_.stations.size(),
            CountMachines(config_), config_.tap_key},
           [this](const Hub::Incoming& incoming) { switchboard_.OnMessage(incoming); }),
      wakefulness_(clock_),
      workers_(WorkerContext()),
      orphans_(layout_, {.loop = loop_,
                         .clock = clock_,
                         .limits = FormerLimits(config_),
                         .command = [this](const std::string& identity,
                                           const auto& command) { hub_.Send(identity, command); },
                         .ended = [this] { OnOrphanEnded(); }}),
      errands_(clock_, ErrandsHandlers()),
      switchboard_(clock_, hub_, stations_, workers_, orphans_, SwitchboardHandlers()),
      successor_(loop_, clock_, *this),
      account_(clock_),
      log_(std::move(start.log)),
      last_generation_(generation_) {
    for (const auto& listener : listeners_) setting_.listen_fds.push_back(listener.fd.get());
    CheckPrograms(setting_.own_folder);
    setting_.accepted = KeepAcceptedConfig(config_);
    if (start.heir) {
        predecessor_.emplace(loop_, std::move(start.heir->channel),
                             start.heir->inheritance.greeting.stations, PredecessorHandlers());
    } else {
        TakeNames();
    }
    signals_.add(SIGHUP);
    signals_.add(SIGUSR2);
}

int Supervisor::Run() {
    for (const auto& listener : listeners_) log::info("listening on {}", listener.address);
    if (generation_ > 1) log::info("generation {}", generation_);
    WaitForSignal();
    if (has_names_) service_manager_.Start();
    tick_.expires_after(std::chrono::seconds{0});
    WaitForTick();
    workers_.Apply(Plan(), WorkerLimits(config_), Others::kReplace);
    Adopt(leftovers_);
    loop_.run();
    ForgetAcceptedConfig(AcceptedConfigPath(layout_, generation_));
    std::error_code ignored;
    if (has_names_ && !is_former_) {
        std::filesystem::remove(layout_.ClockFile(), ignored);
        ClearUp();
    }
    log::info("ended");
    return exit_code_;
}

WorkerProcess::Context Supervisor::WorkerContext() {
    return {.loop = loop_,
            .clock = clock_,
            .wakefulness = wakefulness_,
            .generation = generation_,
            .former = FormerLimits(config_),
            .publish = [this](const proto::WorkerEvent& event) { hub_.Publish(event); },
            .command = [this](const std::string& identity,
                              const proto::Command& command) { hub_.Send(identity, command); },
            .suspect = [this](const std::string& station) { Quarantine(station); },
            .ended = nullptr,
            .clear_away =
                [this](const std::string& name, pid_t pid) {
                    std::error_code ignored;
                    std::filesystem::remove(layout_.PidFile(name, pid), ignored);
                }};
}

Switchboard::Handlers Supervisor::SwitchboardHandlers() {
    return {.progress =
                [this] {
                    LookIfReady();
                    TellServiceManager();
                },
            .splice = [this](const proto::SpliceEvent& event) { account_.OnSplice(event); },
            .request = [this](const proto::Request& request,
                              const std::string& identity) { Answer(request, identity); },
            .answer = [this](const proto::Answer& answer) { errands_.Done(answer); },
            .pruner = [this] { errands_.SendAgain(); }};
}

Errands::Handlers Supervisor::ErrandsHandlers() {
    return {.send =
                [this](const proto::Command& command) {
                    workers_.ForEach([&](WorkerProcess& worker) {
                        if (worker.role() == kPruner && worker.ready()) worker.Send(command);
                    });
                },
            .answer = [this](const std::string& identity,
                             const proto::Answer& answer) { hub_.Send(identity, answer); }};
}

// A full disk is no reason not to record: then the workers read the operator's own file.
std::filesystem::path Supervisor::KeepAcceptedConfig(const config::Config& config) const {
    auto path = AcceptedConfigPath(layout_, generation_);
    try {
        WriteAcceptedConfig(path, config.text);
        return path;
    } catch (const std::exception& error) {
        log::warn("{}; a worker that dies while {} is being edited may not come back",
                  util::DescribeException(error), config.file.string());
        return config.file;
    }
}

std::vector<WorkerSpec> Supervisor::Plan() const {
    return PlanWorkers(config_, shards_, setting_);
}

}  // namespace aircheck::supervisor
