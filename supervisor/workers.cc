// SPDX-License-Identifier: MIT
#include "supervisor/workers.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "common/worker/worker.h"
#include "supervisor/programs.h"

namespace aircheck::supervisor {
namespace {

constexpr std::string_view kDownloader = "downloader";
constexpr std::string_view kWebApi = "webapi";
constexpr std::string_view kPruner = "pruner";

// Listeners may finish hearing what is recorded; recording itself ends last.
constexpr std::array kStopOrder{kPruner, kWebApi, kDownloader};

constexpr int kFirstInherited = 3;

void AddRole(const config::Config& config, const WorkerPlan& plan, std::string_view role, int count,
             std::vector<WorkerSpec>& specs) {
    const std::string role_name(role);
    const auto program = FindProgram(plan.own_folder, "aircheck-" + role_name);
    for (int i = 0; i < count; ++i) {
        worker::Arguments arguments;
        arguments.config = config.file.string();
        arguments.name = role_name + "-" + std::to_string(i);
        arguments.control = plan.control;
        arguments.generation = plan.generation;
        arguments.supervisor_pid = getpid();
        if (role == kDownloader) {
            for (const auto* station : config::StationsOf(config, i, count))
                arguments.stations.push_back(station->callsign);
            arguments.caretaker = i == 0;
        }
        WorkerSpec spec{arguments.name, role_name, {program.string(), {}, {}}};
        if (role == kWebApi) {
            spec.options.inherit = plan.listen_fds;
            for (std::size_t fd = 0; fd < plan.listen_fds.size(); ++fd) {
                arguments.listen_fds.push_back(kFirstInherited + static_cast<int>(fd));
            }
        }
        spec.options.arguments = arguments.ToCommandLine();
        specs.push_back(std::move(spec));
    }
}

Backoff NewBackoff() {
    return Backoff([random = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(random);
    });
}

}  // namespace

std::vector<WorkerSpec> PlanWorkers(const config::Config& config, const WorkerPlan& plan) {
    std::vector<WorkerSpec> specs;
    AddRole(config, plan, kDownloader, config::DownloaderCount(config), specs);
    AddRole(config, plan, kWebApi, config.webapis, specs);
    AddRole(config, plan, kPruner, 1, specs);
    return specs;
}

Workers::Workers(std::vector<WorkerSpec> specs, WorkerProcess::Context context,
                 const WorkerMachine::Limits& limits)
    : context_(std::move(context)) {
    context_.stopped = [this] {
        if (stopping_) StopNextRole();
    };
    for (auto& spec : specs) {
        workers_.push_back(
            std::make_unique<WorkerProcess>(std::move(spec), context_, limits, NewBackoff()));
    }
}

void Workers::Start() {
    for (auto& worker : workers_) worker->Handle(WorkerInput::kStart);
}

void Workers::Stop(std::function<void()> done) {
    done_ = std::move(done);
    for (auto& worker : workers_) worker->Handle(WorkerInput::kWindDown);
    stopping_ = true;
    StopNextRole();
}

void Workers::Kill() {
    for (auto& worker : workers_) worker->Handle(WorkerInput::kKill);
}

WorkerProcess* Workers::Find(std::string_view name, pid_t pid) {
    const auto it = std::find_if(workers_.begin(), workers_.end(), [&](const auto& worker) {
        return worker->name() == name && worker->pid() == pid;
    });
    return it == workers_.end() || pid == 0 ? nullptr : it->get();
}

std::vector<std::string> Workers::NotReady() const {
    std::vector<std::string> names;
    for (const auto& worker : workers_) {
        if (!worker->ready()) names.push_back(worker->name());
    }
    return names;
}

bool Workers::AllStopped(std::string_view role) const {
    return std::all_of(workers_.begin(), workers_.end(), [role](const auto& worker) {
        return worker->role() != role || worker->stopped();
    });
}

// Goes on for as long as the role asked last has stopped; called again with each that stops.
void Workers::StopNextRole() {
    while (next_role_ == 0 || AllStopped(kStopOrder[next_role_ - 1])) {
        if (next_role_ == kStopOrder.size()) {
            if (auto done = std::exchange(done_, nullptr)) done();
            return;
        }
        const std::string_view role = kStopOrder[next_role_++];
        for (auto& worker : workers_) {
            if (worker->role() == role) worker->Handle(WorkerInput::kStop);
        }
    }
}

}  // namespace aircheck::supervisor
