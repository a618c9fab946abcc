// SPDX-License-Identifier: MIT
#include "common/worker/worker.h"

#include "common/event/child_process.h"
#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/storage/pid_file.h"
#include "common/time/clock.h"
#include "common/worker/control_channel.h"
#include "common/worker/process_status.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>

namespace aircheck::worker {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::seconds kBeatEvery{1};
constexpr std::chrono::seconds kStopDeadline{20};

/// None without a supervisor: nobody would look for it.
std::optional<storage::PidFile> HoldPidFile(const Arguments& arguments,
                                            const config::Config& config) {
    if (arguments.control.empty()) return std::nullopt;
    const auto path = storage::Layout(config.storage).PidFile(arguments.name, ::getpid());
    try {
        auto taken = storage::PidFile::Acquire(path);
        if (auto* file = std::get_if<storage::PidFile>(&taken)) return std::move(*file);
        log::warn("{}: {} is held by another process", arguments.name, path.string());
    } catch (const std::system_error& error) {
        // A full disk is no reason not to work.
        log::warn("{}: {}; a later supervisor will not find this process", arguments.name,
                  error.what());
    }
    return std::nullopt;
}

std::string RoutingId(const std::string& name) {
    return name + "-" + std::to_string(::getpid());
}

}  // namespace

struct Worker::State {
    State(Arguments given, const config::Config& settings, std::string r,
          std::shared_ptr<BlackBox> box)
        : arguments(std::move(given)),
          config(settings),
          role(std::move(r)),
          black_box(std::move(box)),
          pid_file(HoldPidFile(arguments, config)),
          started(time::SystemClock().Steady()) {
        // A listener that hangs up and a terminal that closes end nothing here; the supervisor
        // alone reloads.
        ::signal(SIGPIPE, SIG_IGN);
        ::signal(SIGHUP, SIG_IGN);
        // A terminal's Ctrl-C reaches every process at once; who stops when is the supervisor's
        // to say.
        if (arguments.supervisor_pid != 0)
            ::signal(SIGINT, SIG_IGN);
        else
            signals.add(SIGINT);
        if (!arguments.control.empty())
            control.emplace(loop, arguments.control, RoutingId(arguments.name));
        WaitForSignal();
    }

    void Send(const proto::Message& message) {
        if (control) control->Send(message);
    }

    int Run(Hooks given) {
        hooks = std::move(given);
        if (control) {
            control->OnAnswer(hooks.on_answer);
            control->OnCommand([this](const proto::Command& c) { Obey(c); });
        }
        WatchSupervisor();
        beat_timer.expires_at(time::SystemClock().Steady());
        Beat();
        loop.run();
        return exit_code;
    }

    void Obey(const proto::Command& command) {
        if (command.command == "stop") {
            Stop("told by the supervisor");
        } else if (command.command == "retire") {
            Retire(command.successor);
        } else if (command.command == "adopt") {
            BeAdopted(command.pid);
        } else if (command.command == "reload") {
            Reload(command);
        } else if (command.command == "activate") {
            if (hooks.activate) hooks.activate();
        } else if (hooks.on_command) {
            hooks.on_command(command);
        }
    }

    void WaitForSignal() {
        signals.async_wait([this](const error_code& error, int signal) {
            if (error) return;
            WaitForSignal();
            Stop("signal " + std::to_string(signal));
        });
    }

    void Beat() {
        Send(MakeHeartbeat());
        // On a grid that all processes of this machine share: the supervisor wakes up once for all
        // of them. Beats that a suspended process missed are not made up for.
        const time::SteadyTime now = time::SystemClock().Steady();
        beat_timer.expires_at(std::chrono::floor<std::chrono::seconds>(now) + kBeatEvery);
        beat_timer.async_wait([this](const error_code& error) {
            if (!error) Beat();
        });
    }

    proto::Heartbeat MakeHeartbeat() {
        const ProcessStatus status = ReadProcessStatus();
        proto::Heartbeat beat;
        beat.name = arguments.name;
        beat.role = role;
        beat.pid = ::getpid();
        beat.generation = arguments.generation;
        beat.seq = ++seq;
        beat.time = time::ToUnixSeconds(time::SystemClock().Now());
        beat.uptime = std::chrono::duration<double>(time::SystemClock().Steady() - started).count();
        beat.memory = status.resident_bytes;
        beat.memory_peak = status.peak_bytes;
        beat.threads = status.threads;
        if (hooks.fill_heartbeat) hooks.fill_heartbeat(beat);
        beat.bytes = beat.bytes_total - bytes_told;
        bytes_told = beat.bytes_total;
        return beat;
    }

    void WatchSupervisor() {
        if (arguments.supervisor_pid == 0) return;
        supervisor =
            event::WatchProcess(loop, arguments.supervisor_pid, [this] { BecomeOrphan(); });
        // If it died before the watch began, its number may be a stranger's by now.
        if (supervisor && ::getppid() == arguments.supervisor_pid) return;
        supervisor.reset();
        asio::post(loop, [this] { BecomeOrphan(); });
    }

    void BeAdopted(int pid) {
        supervisor = event::WatchProcess(loop, pid, [this] { BecomeOrphan(); });
        if (!supervisor) return;  // gone already; the time runs on
        orphan_timer.cancel();
        log::info("{}: the supervisor is PID {} now", arguments.name, pid);
    }

    void Reload(const proto::Command& command) {
        if (!hooks.reload) return;
        config::LoadResult loaded = config::LoadCopy(command.accepted, arguments.config);
        if (loaded.ok()) {
            hooks.reload(std::move(loaded.config), command.stations);
        } else {
            log::error("{}: the configuration stays as it was: {}", arguments.name,
                       loaded.problems.front().Text());
        }
    }

    void BecomeOrphan() {
        if (retiring || stopping) return;
        const std::chrono::seconds left =
            std::chrono::duration_cast<std::chrono::seconds>(config.restart_timeout);
        log::warn("{}: the supervisor has died; going on for {} s", arguments.name, left.count());
        orphan_timer.expires_after(config.restart_timeout);
        orphan_timer.async_wait([this](const error_code& error) {
            if (!error) Stop("no supervisor came back");
        });
    }

    void Retire(const std::string& successor) {
        if (stopping || std::exchange(retiring, true)) return;
        if (!hooks.retire) return Stop("another one has taken over");
        log::info("{}: another one has taken over", arguments.name);
        hooks.retire(successor, [this] { loop.stop(); });
    }

    void Stop(const std::string& why) {
        if (std::exchange(stopping, true)) return;
        log::info("{}: stopping: {}", arguments.name, why);
        stop_timer.expires_after(kStopDeadline);
        stop_timer.async_wait([this](const error_code& error) {
            if (error) return;
            log::error("{}: not stopped in {} s, giving up", arguments.name, kStopDeadline.count());
            exit_code = EXIT_FAILURE;
            loop.stop();
        });
        if (hooks.stop) {
            hooks.stop([this] { loop.stop(); });
        } else {
            loop.stop();
        }
    }

    const Arguments arguments;
    const config::Config& config;
    const std::string role;
    const std::shared_ptr<BlackBox> black_box;
    const std::optional<storage::PidFile> pid_file;
    const time::SteadyTime started;
    asio::io_context loop{1};
    std::optional<ControlChannel> control;
    asio::signal_set signals{loop, SIGTERM};
    asio::steady_timer beat_timer{loop};
    asio::steady_timer stop_timer{loop};
    asio::steady_timer orphan_timer{loop};
    std::unique_ptr<event::ProcessWatch> supervisor;
    Hooks hooks;
    std::uint64_t seq = 0;
    std::uint64_t bytes_told = 0;
    bool retiring = false;
    bool stopping = false;
    int exit_code = EXIT_SUCCESS;
};

Worker::Worker(Arguments arguments, const config::Config& config, std::string role,
               std::shared_ptr<BlackBox> box)
    : state_(
          std::make_unique<State>(std::move(arguments), config, std::move(role), std::move(box))) {}

Worker::~Worker() = default;

asio::io_context& Worker::loop() {
    return state_->loop;
}

const config::Config& Worker::config() const {
    return state_->config;
}

const Arguments& Worker::arguments() const {
    return state_->arguments;
}

BlackBox& Worker::black_box() {
    return *state_->black_box;
}

void Worker::Publish(const proto::Message& message) {
    state_->Send(message);
}

void Worker::AnnounceReady() {
    state_->Send(proto::Ready{.name = state_->arguments.name,
                              .pid = ::getpid(),
                              .generation = state_->arguments.generation});
}

int Worker::Run(Hooks hooks) {
    return state_->Run(std::move(hooks));
}

}  // namespace aircheck::worker
