// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "supervisor/worker_process.h"

namespace aircheck::supervisor {

/// What the configuration asks for, in the order of starting: downloaders first, since every
/// second without them is lost. Throws std::runtime_error if a program is missing.
struct WorkerPlan {
    std::filesystem::path own_folder;
    std::string control;  // endpoint
    int generation = 1;
    std::vector<int> listen_fds;  // for the web workers
};
std::vector<WorkerSpec> PlanWorkers(const config::Config& config, const WorkerPlan& plan);

/// All workers of this supervisor. Owned by it; lives on the loop's thread.
class Workers {
public:
    /// `context.stopped` is used here and need not be set.
    Workers(std::vector<WorkerSpec> specs, WorkerProcess::Context context,
            const WorkerMachine::Limits& limits);

    void Start();

    /// Stops one role after the other: pruner, web workers, downloaders. Calls `done` at the end.
    void Stop(std::function<void()> done);

    /// Ends all of them at once; `done` of Stop follows.
    void Kill();

    /// The worker that has this name and runs as this process now; nullptr if there is none.
    WorkerProcess* Find(std::string_view name, pid_t pid);

    /// The names of those that do not do their job at the moment.
    std::vector<std::string> NotReady() const;

private:
    void StopNextRole();
    bool AllStopped(std::string_view role) const;

    WorkerProcess::Context context_;
    std::vector<std::unique_ptr<WorkerProcess>> workers_;
    std::function<void()> done_;
    bool stopping_ = false;
    std::size_t next_role_ = 0;  // in the order of stopping
};

}  // namespace aircheck::supervisor
