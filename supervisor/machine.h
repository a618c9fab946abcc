// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "common/time/clock.h"
#include "supervisor/backoff.h"

namespace aircheck::supervisor {

enum class WorkerState {
    kStopped,   // not running, not wanted
    kStarted,   // running, has not said that it does its job
    kReady,     // running and doing its job
    kWaiting,   // died; the next start comes when the back-off is over
    kLast,      // running on until its turn to stop; not started again
    kStopping,  // asked to stop or killed
    kFailed,    // gave up by itself; starting it again would change nothing
};
inline constexpr std::size_t kWorkerStates = 7;

enum class WorkerInput {
    kStart,
    kSpawned,
    kSpawnFailed,
    kReady,
    kBeat,
    kDied,
    kRefused,  // died with exit code 100
    kTimeout,  // what was set with SetTimer is over
    kStarved,  // beats, but gets no bytes where others get theirs
    kReplace,  // a new process is wanted, of another configuration perhaps
    kWindDown,
    kRetire,
    kStop,
    kKill,
};
inline constexpr std::size_t kWorkerInputs = 14;

/// What is worth telling people and taps.
enum class WorkerChange {
    kStarted,
    kSpawnFailed,
    kReady,
    kDied,
    kHung,     // no beats: another one has been started in its place
    kStarved,  // no bytes: likewise
    kKilled,   // no beats of one that is not wanted any more
    kOverdue,  // did not stop in time
    kStopped,
    kFailed,
};

/// What a WorkerMachine does to the world. Called from inside Handle.
class WorkerHost {
public:
    using Millis = std::chrono::milliseconds;

    virtual ~WorkerHost() = default;

    virtual bool Spawn() noexcept = 0;
    virtual void AskToStop() noexcept = 0;
    virtual void AskToRetire() noexcept = 0;
    virtual void Kill() noexcept = 0;
    /// The process becomes a former one: it lives on while the next one starts. `hung`: it is of
    /// no use any more.
    virtual void SetAside(bool hung) noexcept = 0;
    /// The next one does the work: the former ones may end.
    virtual void EndFormer() noexcept = 0;
    /// There is one timer; setting it anew forgets what was set before.
    virtual void SetTimer(Millis after) = 0;
    virtual void CancelTimer() = 0;
    /// `retry` with kDied and kSpawnFailed.
    virtual void Report(WorkerChange change, std::optional<Millis> retry) = 0;
};

/// The life of one worker as a table of state × input → action (machine.cc), without processes,
/// clocks or sockets of its own. Same thread and lifetime as its host.
class WorkerMachine {
public:
    using Millis = std::chrono::milliseconds;

    struct Limits {
        Millis silence{14'000};     // without a heartbeat: hung
        Millis first_beat{15'000};  // the same for a process that has just begun
        Millis stop{25'000};        // to stop when asked
        Millis after_kill{5'000};   // to vanish when killed, before killing again
    };

    WorkerMachine(WorkerHost& host, const time::Clock& clock, Limits limits, Backoff backoff);

    void Handle(WorkerInput input);

    WorkerState state() const { return state_; }
    const Limits& limits() const { return limits_; }
    void SetLimits(const Limits& limits) { limits_ = limits; }

private:
    using Action = void (WorkerMachine::*)();
    static const Action kTable[kWorkerStates][kWorkerInputs];

    void Ignore() {}
    void Launch();
    void Begin();
    void WaitToSpawn();
    void BeReady();
    void Beat();
    void Restart();
    void GiveUp();
    void Hang();
    void Starve();
    void Replace();
    void KillHung();
    void BeLast();
    void Retire();
    void Stop();
    void Kill();
    void Insist();
    void BeStopped();

    bool Spawn();
    void ReplaceFor(WorkerChange reason);
    Millis Lived() const;

    WorkerHost& host_;
    const time::Clock& clock_;
    Limits limits_;
    WorkerState state_ = WorkerState::kStopped;
    Backoff backoff_;
    time::SteadyTime started_;
};

}  // namespace aircheck::supervisor
