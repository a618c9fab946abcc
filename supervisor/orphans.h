// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/event/child_process.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/former_process.h"
#include "supervisor/leftovers.h"

namespace aircheck::supervisor {

/// Workers whose supervisor has died. They are adopted, so that they go on recording and serving
/// until others have taken over, and retired then. Owned by the supervisor; lives on the loop's
/// thread.
class Orphans {
public:
    struct Context {
        boost::asio::io_context& loop;
        const time::Clock& clock;
        FormerProcess::Limits limits;
        std::function<void(const std::string& identity, const proto::Command&)> command;
        std::function<void()> ended;  // one of them
    };

    Orphans(storage::Layout layout, Context context);

    /// Takes these on, if they still live.
    void Adopt(const std::vector<Leftovers::Worker>& workers);

    bool empty() const { return orphans_.empty(); }
    bool Has(pid_t pid) const;

    /// One of them has said something, from which it can be reached.
    void HeardFrom(pid_t pid, const std::string& identity);
    void OnBeat(const proto::Heartbeat& beat);

    /// There are some that have not been told to retire, and all have been heard, or were not for
    /// so long that they will never be.
    bool HaveCalledIn() const;

    /// There are some that have not been told to retire, and waited for it this long.
    bool HaveWaited(time::Micros limit) const;

    /// The stations that they record.
    std::set<std::string> Recording() const;

    /// Others do their work now; their web workers listen at `successors`.
    void RetireAll(const std::vector<std::string>& successors);
    void StopAll();

    /// Those that have been told to retire and have sent no heartbeat for so long, as others do
    /// their work.
    void KillSilent(time::Micros patience);

private:
    struct Orphan {
        std::string name;
        pid_t pid;
        std::unique_ptr<event::ProcessWatch> watch;
        std::string identity;  // empty: not heard yet
        std::set<std::string> recording;
        time::SteadyTime heard;
        bool killed = false;
        std::unique_ptr<FormerProcess> end;
    };

    void Adopt(const Leftovers::Worker& worker);
    Orphan* Find(pid_t pid);
    void TellToRetire(const Orphan& orphan) const;
    void OnEnded(pid_t pid);

    const storage::Layout layout_;
    const Context context_;
    std::list<Orphan> orphans_;
    std::vector<std::string> successors_;
    bool retiring_ = false;
    time::SteadyTime adopted_{};
};

}  // namespace aircheck::supervisor
