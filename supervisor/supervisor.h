// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/storage/paths.h"
#include "common/storage/pid_file.h"
#include "common/time/clock.h"
#include "common/worker/black_box.h"
#include "proto/messages.h"
#include "supervisor/beat_receiver.h"
#include "supervisor/errands.h"
#include "supervisor/handover_account.h"
#include "supervisor/hub.h"
#include "supervisor/leftovers.h"
#include "supervisor/listener.h"
#include "supervisor/log_tail.h"
#include "supervisor/orphans.h"
#include "supervisor/predecessor.h"
#include "supervisor/service_environment.h"
#include "supervisor/service_manager.h"
#include "supervisor/shards.h"
#include "supervisor/stations.h"
#include "supervisor/successor.h"
#include "supervisor/switchboard.h"
#include "supervisor/wakefulness.h"
#include "supervisor/worker_plan.h"
#include "supervisor/workers.h"

namespace aircheck::supervisor {

/// What a supervisor is started with.
struct SupervisorStart {
    config::Config config;
    std::filesystem::path program;     // to be started for a soft restart
    std::filesystem::path own_folder;  // where the workers' programs are found from
    ServiceEnvironment service;
    /// In a soft restart: what the older supervisor gives, and the line to it.
    struct Heir {
        Inheritance inheritance;
        takeover::Channel channel;
    };
    std::optional<Heir> heir;
    std::shared_ptr<const worker::BlackBox> log;  // the end of our own; may be none
};

/// Ties the parts together: the workers, what they say, who listens to it, signals, and the
/// supervisors before and after this one. One a process, on its main thread.
///
/// It begins alone, or beside an older supervisor, or with workers that a supervisor left behind
/// that was killed. In the last two cases its own workers do all the work too before the others are
/// told to retire. Names that only one can have (PID file, taps, machines) belong to one of two
/// supervisors at any time.
class Supervisor final : private SuccessorHost {
public:
    /// Opens the sockets and finds the programs; without an older supervisor it takes the names.
    /// Throws std::runtime_error with a sentence for the operator if any of it cannot be had; then
    /// nothing has been started.
    explicit Supervisor(SupervisorStart start);

    /// Runs until told to stop, or until another supervisor has taken over, and all workers have
    /// ended. Answers the process's exit code.
    int Run();

private:
    // SuccessorHost
    proto::Handover Greeting() const override;
    std::vector<int> Listeners() const override;
    std::vector<std::string> Recording() const override;
    void StepBack() override;
    void StepForward() override;
    void Release() override;
    void TakeBack() override;
    void OnTaken(pid_t pid, const std::vector<std::string>& successors) override;
    void OnStop() override;
    void OnFailed() override;
    void Tell(const proto::RestartEvent& event) override;

    WorkerProcess::Context WorkerContext();
    Switchboard::Handlers SwitchboardHandlers();
    Errands::Handlers ErrandsHandlers();
    Predecessor::Handlers PredecessorHandlers();
    std::filesystem::path KeepAcceptedConfig(const config::Config& config) const;
    std::vector<WorkerSpec> Plan() const;
    std::vector<std::string> Successors() const;

    // Of the supervisors before this one, and what they leave (generations.cc).
    bool DoesAllTheWorkOf(const std::set<std::string>& recorded) const;
    void LookIfReady();
    void OnGranted();
    void TakeNames();
    void TakeEndpoints();
    void Activate();
    void OnPredecessorDied();
    void OnPredecessorEnded();
    void AdoptOrphans();
    void ClearUp() noexcept;
    void Adopt(const Leftovers& leftovers);
    void OnOrphanEnded();
    void TellRestart(const std::string& word);

    // Orders (orders.cc).
    void WaitForSignal();
    void OnSignal(int signal);
    void Stop();
    void EndIfAllHaveStopped();
    void End();
    bool IsBusy() const;
    Successor::Options RestartOptions() const;
    void Restart();
    void BeginRestart();
    void Answer(const proto::Request& request, const std::string& identity);
    void Upgrade(const proto::Request& request, const std::string& identity);
    void Halt(const proto::Request& request, const std::string& identity);
    std::vector<proto::Task> Tasks();
    void Reload();
    void Apply(config::Config fresh);
    void TellReload(const std::string& word, const std::string& reason);
    void Quarantine(const std::string& station);
    void WaitForTick();
    void Tick();
    void BeatOnce();
    void TellLogs();
    void KeepClockFile() const;
    void TellServiceManager();

    config::Config config_;
    const std::filesystem::path program_;
    const ServiceEnvironment service_;  // without its sockets
    const time::Clock& clock_;
    const time::SteadyTime started_;
    const storage::Layout layout_;
    std::optional<storage::PidFile> pid_file_;  // of ours, while we are the one
    const Leftovers leftovers_;                 // found at the start
    const int generation_;
    const bool activated_;  // the service manager has opened the sockets, whatever `listen` says
    std::vector<Listener> listeners_;
    Shards shards_;
    WorkerSetting setting_;
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_;
    boost::asio::steady_timer tick_;
    ServiceManager service_manager_;
    Stations stations_;
    Hub hub_;
    std::optional<BeatReceiver> machines_;
    Wakefulness wakefulness_;
    Workers workers_;
    Orphans orphans_;
    std::set<std::string> orphans_controls_;  // bound
    Errands errands_;
    Switchboard switchboard_;
    Successor successor_;
    std::optional<Predecessor> predecessor_;
    HandoverAccount account_;
    const std::shared_ptr<const worker::BlackBox> log_;
    LogTail log_tail_;
    int last_generation_;  // that was started, successful or not
    std::uint64_t beats_ = 0;
    int exit_code_ = 0;
    bool has_names_ = false;
    bool is_former_ = false;  // another one has taken over
    bool stopping_ = false;
    bool restart_due_ = false;  // as soon as nothing else is under way
    bool reload_due_ = false;
};

}  // namespace aircheck::supervisor
