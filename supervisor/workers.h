// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/container/flat_map.hpp>

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "supervisor/worker_process.h"

namespace aircheck::supervisor {

enum class Others { kReplace, kKeep };

/// All workers of this supervisor. Owned by it; lives on the loop's thread.
class Workers {
public:
    /// `context.ended` is used here and need not be set.
    explicit Workers(WorkerProcess::Context context);

    /// Makes them what the configuration asks for now: starts what is new, retires what is gone.
    /// Of what stays, downloaders are told; the others, which have nothing to lose by it, are
    /// replaced by new processes if that is asked for.
    void Apply(const std::vector<WorkerSpec>& specs, const WorkerMachine::Limits& limits,
               Others others);

    /// How each is started from now on. Those that run are told what they can be told.
    void Respecify(const std::vector<WorkerSpec>& specs);

    /// Stops one role after the other: loudness, pruner, web workers, downloaders. Calls `done` at
    /// the end.
    void StopAll(std::function<void()> done);

    /// Another generation has taken over; its web workers listen at `successors`. Calls `done` when
    /// all have ended, however long it takes; StopAll may hasten it.
    void RetireAll(const std::vector<std::string>& successors, std::function<void()> done);

    /// Ends all of them at once; `done` of the above follows.
    void KillAll();

    /// The worker that has this name and runs as this process, or did until another one took its
    /// place; nullptr if there is none.
    WorkerProcess* Find(std::string_view name, pid_t pid);

    /// The one that is configured under this name.
    WorkerProcess* Find(std::string_view name);

    bool AllStopped() const;

    /// The names of those that do not do their job at the moment.
    std::vector<std::string> NotReady() const;

    void ForEach(const std::function<void(WorkerProcess&)>& use);

private:
    void StopNextRole();
    bool AllStopped(std::string_view role) const;

    WorkerProcess::Context context_;
    std::list<WorkerProcess> workers_;  // in the order of starting
    std::list<WorkerProcess> leaving_;  // not configured any more; kept until the loop has ended
    boost::container::flat_map<std::string, WorkerProcess*, std::less<>> named_;  // of workers_
    std::function<void()> done_;
    bool ending_ = false;
    std::size_t next_role_ = 0;  // in the order of stopping
};

}  // namespace aircheck::supervisor
