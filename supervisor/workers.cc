// SPDX-License-Identifier: MIT
#include "supervisor/workers.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "supervisor/worker_plan.h"

namespace aircheck::supervisor {
namespace {

// Listeners may finish hearing what is recorded; recording itself ends last.
constexpr std::array kStopOrder{kLoudness, kPruner, kWebApi, kDownloader};

Backoff NewBackoff() {
    return Backoff([random = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(random);
    });
}

}  // namespace

Workers::Workers(WorkerProcess::Context context) : context_(std::move(context)) {
    context_.ended = [this] {
        if (ending_) StopNextRole();
    };
}

void Workers::Apply(const std::vector<WorkerSpec>& specs, const WorkerMachine::Limits& limits,
                    Others others) {
    const auto is_gone = [&](const WorkerProcess& worker) {
        return std::ranges::find(specs, worker.name(), &WorkerSpec::name) == specs.end();
    };
    const auto successor = std::ranges::find(specs, kWebApi, &WorkerSpec::role);
    for (auto it = workers_.begin(); it != workers_.end();) {
        const auto worker = it++;
        if (!is_gone(*worker)) continue;
        if (worker->role() == kWebApi) worker->SetSuccessor(successor->takeover);
        named_.erase(worker->name());
        leaving_.splice(leaving_.end(), workers_, worker);
        worker->Handle(WorkerInput::kRetire);
    }
    for (const auto& spec : specs) {
        if (WorkerProcess* worker = Find(spec.name)) {
            worker->SetLimits(limits);
            worker->SetSpec(spec);
            if (!spec.reloads && others == Others::kReplace) worker->Handle(WorkerInput::kReplace);
        } else {
            named_[spec.name] = &workers_.emplace_back(spec, context_, limits, NewBackoff());
        }
    }
    for (auto& worker : workers_) worker.Handle(WorkerInput::kStart);
}

void Workers::Respecify(const std::vector<WorkerSpec>& specs) {
    for (const auto& spec : specs)
        if (WorkerProcess* worker = Find(spec.name)) worker->SetSpec(spec);
}

void Workers::StopAll(std::function<void()> done) {
    done_ = std::move(done);
    ForEach([](WorkerProcess& worker) { worker.Handle(WorkerInput::kWindDown); });
    ending_ = true;
    next_role_ = 0;
    StopNextRole();
}

void Workers::RetireAll(const std::vector<std::string>& successors, std::function<void()> done) {
    done_ = std::move(done);
    ending_ = true;
    next_role_ = kStopOrder.size();
    std::size_t number = 0;
    ForEach([&](WorkerProcess& worker) {
        if (worker.role() == kWebApi && !successors.empty())
            worker.SetSuccessor(successors[number++ % successors.size()]);
        worker.Handle(WorkerInput::kRetire);
    });
    StopNextRole();
}

void Workers::KillAll() {
    ForEach([](WorkerProcess& worker) { worker.Handle(WorkerInput::kKill); });
}

WorkerProcess* Workers::Find(std::string_view name) {
    const auto found = named_.find(name);
    return found == named_.end() ? nullptr : found->second;
}

WorkerProcess* Workers::Find(std::string_view name, pid_t pid) {
    if (WorkerProcess* worker = Find(name); worker && worker->Has(pid)) return worker;
    for (auto& worker : leaving_)
        if (worker.Has(pid) && worker.name() == name) return &worker;
    return nullptr;
}

std::vector<std::string> Workers::NotReady() const {
    std::vector<std::string> names;
    for (const auto& worker : workers_)
        if (!worker.ready()) names.push_back(worker.name());
    return names;
}

void Workers::ForEach(const std::function<void(WorkerProcess&)>& use) {
    for (auto& worker : workers_) use(worker);
    for (auto& worker : leaving_) use(worker);
}

bool Workers::AllStopped(std::string_view role) const {
    const auto is_stopped = [role](const WorkerProcess& worker) {
        return worker.role() != role || worker.stopped();
    };
    return std::ranges::all_of(workers_, is_stopped) && std::ranges::all_of(leaving_, is_stopped);
}

bool Workers::AllStopped() const {
    return std::ranges::all_of(kStopOrder, [this](auto role) { return AllStopped(role); });
}

// Goes on for as long as the role asked last has stopped; called again with each that stops.
void Workers::StopNextRole() {
    while (next_role_ < kStopOrder.size() &&
           (next_role_ == 0 || AllStopped(kStopOrder[next_role_ - 1]))) {
        const std::string_view role = kStopOrder[next_role_++];
        ForEach([role](WorkerProcess& worker) {
            if (worker.role() == role) worker.Handle(WorkerInput::kStop);
        });
    }
    if (next_role_ < kStopOrder.size() || !AllStopped()) return;
    if (auto done = std::exchange(done_, nullptr)) done();
}

}  // namespace aircheck::supervisor
