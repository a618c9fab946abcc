// SPDX-License-Identifier: MIT
#include "supervisor/machine.h"

#include <utility>

namespace aircheck::supervisor {

using M = WorkerMachine;

// Columns: Start, Spawned, SpawnFailed, Ready, Beat, Died, Refused,
//          Timeout, Starved, Replace, WindDown, Retire, Stop, Kill.
// clang-format off
const M::Action M::kTable[kWorkerStates][kWorkerInputs] = {
    // kStopped
    {&M::Launch, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore,
     &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore},
    // kStarted
    {&M::Ignore, &M::Begin, &M::WaitToSpawn, &M::BeReady, &M::Beat, &M::Restart, &M::GiveUp,
     &M::Hang, &M::Ignore, &M::Replace, &M::BeLast, &M::Retire, &M::Stop, &M::Kill},
    // kReady
    {&M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Beat, &M::Restart, &M::GiveUp,
     &M::Hang, &M::Starve, &M::Replace, &M::BeLast, &M::Retire, &M::Stop, &M::Kill},
    // kWaiting
    {&M::Launch, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore,
     &M::Launch, &M::Ignore, &M::Launch, &M::BeStopped, &M::BeStopped, &M::BeStopped, &M::BeStopped},
    // kLast
    {&M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Beat, &M::BeStopped, &M::BeStopped,
     &M::KillHung, &M::Ignore, &M::Ignore, &M::Ignore, &M::Retire, &M::Stop, &M::Kill},
    // kStopping
    {&M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::BeStopped, &M::BeStopped,
     &M::Insist, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Kill},
    // kFailed
    {&M::Launch, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore, &M::Ignore,
     &M::Ignore, &M::Ignore, &M::Launch, &M::BeStopped, &M::BeStopped, &M::BeStopped, &M::BeStopped},
};
// clang-format on

WorkerMachine::WorkerMachine(WorkerHost& host, const time::Clock& clock, Limits limits,
                             Backoff backoff)
    : host_(host), clock_(clock), limits_(limits), backoff_(std::move(backoff)) {}

void WorkerMachine::Handle(WorkerInput input) {
    (this->*kTable[static_cast<std::size_t>(state_)][static_cast<std::size_t>(input)])();
}

bool WorkerMachine::Spawn() {
    state_ = WorkerState::kStarted;
    started_ = clock_.Steady();
    return host_.Spawn();
}

void WorkerMachine::Launch() {
    Handle(Spawn() ? WorkerInput::kSpawned : WorkerInput::kSpawnFailed);
}

void WorkerMachine::Begin() {
    host_.SetTimer(limits_.first_beat);
    host_.Report(WorkerChange::kStarted, std::nullopt);
}

void WorkerMachine::WaitToSpawn() {
    // Unlike a crash, a program that cannot be run is not worth trying again at once.
    const Millis delay = backoff_.Delay();
    state_ = WorkerState::kWaiting;
    host_.SetTimer(delay);
    host_.Report(WorkerChange::kSpawnFailed, delay);
}

void WorkerMachine::BeReady() {
    state_ = WorkerState::kReady;
    host_.Report(WorkerChange::kReady, std::nullopt);
    host_.EndFormer();
}

void WorkerMachine::Beat() {
    host_.SetTimer(limits_.silence);
}

WorkerMachine::Millis WorkerMachine::Lived() const {
    return std::chrono::duration_cast<Millis>(clock_.Steady() - started_);
}

void WorkerMachine::Restart() {
    const Millis delay = backoff_.Next(Lived());
    if (delay > Millis{0}) {
        state_ = WorkerState::kWaiting;
        host_.SetTimer(delay);
        host_.Report(WorkerChange::kDied, delay);
        return;
    }
    // Every millisecond without the worker counts: telling of the death comes after the birth.
    const bool spawned = Spawn();
    host_.Report(WorkerChange::kDied, delay);
    Handle(spawned ? WorkerInput::kSpawned : WorkerInput::kSpawnFailed);
}

void WorkerMachine::GiveUp() {
    state_ = WorkerState::kFailed;
    host_.CancelTimer();
    host_.Report(WorkerChange::kFailed, std::nullopt);
}

void WorkerMachine::Hang() {
    ReplaceFor(WorkerChange::kHung);
}

void WorkerMachine::Starve() {
    ReplaceFor(WorkerChange::kStarved);
}

// What looks dead may come back to life, and what it holds is not lost yet: the next one is started
// before it is killed.
void WorkerMachine::ReplaceFor(WorkerChange reason) {
    const Millis delay = backoff_.Next(Lived());
    host_.Report(reason, delay);
    host_.SetAside(true);
    if (delay == Millis{0}) return Launch();
    state_ = WorkerState::kWaiting;
    host_.SetTimer(delay);
}

void WorkerMachine::Replace() {
    host_.SetAside(false);
    Launch();
}

void WorkerMachine::KillHung() {
    host_.Kill();
    host_.SetTimer(limits_.after_kill);
    host_.Report(WorkerChange::kKilled, std::nullopt);
}

void WorkerMachine::BeLast() {
    state_ = WorkerState::kLast;
}

void WorkerMachine::Retire() {
    state_ = WorkerState::kLast;
    host_.AskToRetire();
}

void WorkerMachine::Stop() {
    state_ = WorkerState::kStopping;
    host_.AskToStop();
    host_.SetTimer(limits_.stop);
}

void WorkerMachine::Kill() {
    state_ = WorkerState::kStopping;
    host_.Kill();
    host_.SetTimer(limits_.after_kill);
}

void WorkerMachine::Insist() {
    Kill();
    host_.Report(WorkerChange::kOverdue, std::nullopt);
}

void WorkerMachine::BeStopped() {
    state_ = WorkerState::kStopped;
    host_.CancelTimer();
    host_.Report(WorkerChange::kStopped, std::nullopt);
}

}  // namespace aircheck::supervisor
