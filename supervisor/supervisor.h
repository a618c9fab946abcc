// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/storage/pid_file.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/beat_receiver.h"
#include "supervisor/hub.h"
#include "supervisor/listener.h"
#include "supervisor/service_environment.h"
#include "supervisor/service_manager.h"
#include "supervisor/stations.h"
#include "supervisor/workers.h"

namespace aircheck::supervisor {

/// Ties the parts together: the workers, what they say, who listens to it, and signals.
/// One a process, on its main thread.
class Supervisor {
public:
    /// Takes the storage folder's PID file, opens the sockets and finds the programs. Throws
    /// std::runtime_error with a sentence for the operator if any of it cannot be had; then
    /// nothing has been started.
    Supervisor(const config::Config& config, const std::filesystem::path& own_folder,
               ServiceEnvironment given);

    /// Runs until told to stop, and all workers have ended.
    void Run();

private:
    void OnMessage(Hub::Incoming incoming);
    void Take(const Hub::Incoming& incoming, const proto::Heartbeat& beat);
    void Take(const Hub::Incoming& incoming, const proto::Ready& ready);
    void Take(const Hub::Incoming& incoming, const proto::StationEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::SegmentEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::TitleEvent& event);
    template <typename Other>
    void Take(const Hub::Incoming& incoming, const Other&);

    void PassOn(const Hub::Incoming& incoming, const std::string& station);
    WorkerProcess* Sender(const Hub::Incoming& incoming, const std::string& name, int pid);

    void Tell(const proto::MachineEvent& event);

    void WaitForSignal();
    void OnSignal(int signal);
    void Stop();

    void WaitForTick();
    void BeatOnce();
    void TellServiceManager();

    const config::Config& config_;
    const time::Clock& clock_;
    const time::SteadyTime started_;
    storage::PidFile pid_file_;
    std::vector<Listener> listeners_;
    zmq::context_t context_;
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_;
    boost::asio::steady_timer tick_;
    ServiceManager service_manager_;
    Stations stations_;
    Hub hub_;
    std::optional<BeatReceiver> machines_;
    Workers workers_;
    std::uint64_t beats_ = 0;
    bool stopping_ = false;
};

}  // namespace aircheck::supervisor
