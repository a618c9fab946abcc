// SPDX-License-Identifier: MIT
#include "supervisor/remote_machines.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aircheck::supervisor {
namespace {

// Copies of one datagram come together; who is heard again after this is really there.
constexpr std::chrono::seconds kMoment{1};

}  // namespace

RemoteMachines::RemoteMachines(const config::MachinesConfig& config, const time::Clock& clock,
                               Publish publish, std::size_t most)
    : clock_(clock),
      publish_(std::move(publish)),
      check_(config.check),
      timeout_(config.timeout),
      most_(most),
      listening_since_(clock.Steady()),
      last_check_(listening_since_) {
    for (const auto& id : config.expect) {
        if (!index_.contains(id)) Add(id, kConfigured);
    }
    configured_ = index_.size();
}

bool RemoteMachines::Hear(std::string_view id) {
    auto found = index_.find(id);
    if (found == index_.end()) {
        if (index_.size() - configured_ >= most_ && !ForgetOne()) return false;
        Add(id, kMomentary);
        found = index_.find(id);
    }
    BeatAgain(found->second);
    return true;
}

void RemoteMachines::Add(std::string_view id, Rank rank) {
    beating_.push_back({.id = std::string(id), .rank = rank, .last = clock_.Steady()});
    index_.emplace(beating_.back().id, std::prev(beating_.end()));
}

void RemoteMachines::BeatAgain(List::iterator machine) {
    const bool was_heard = std::exchange(machine->was_heard, true);
    const bool was_silent = std::exchange(machine->is_silent, false);
    List& from = was_silent ? silent_[machine->rank] : beating_;
    beating_.splice(beating_.end(), from, machine);
    machine->last = clock_.Steady();
    if (!was_heard) machine->first = machine->last;
    if (machine->rank == kMomentary && machine->last - machine->first >= kMoment)
        machine->rank = kSteady;
    if (!was_heard) {
        Tell(*machine, "heard");
    } else if (was_silent) {
        Tell(*machine, "returned");
    }
}

bool RemoteMachines::Check(std::size_t budget) {
    const time::SteadyTime now = clock_.Steady();
    // Whoever was kept from listening for so long cannot say that others were silent meanwhile.
    if (now - last_check_ > check_ + timeout_) listening_since_ = now;
    last_check_ = now;
    while (!beating_.empty()) {
        Machine& machine = beating_.front();
        if (now - std::max(machine.last, listening_since_) < timeout_) return false;
        if (budget-- == 0) return true;
        machine.is_silent = true;
        List& silent = silent_[machine.rank];
        silent.splice(silent.end(), beating_, beating_.begin());
        Tell(machine, "silent");
    }
    return false;
}

bool RemoteMachines::ForgetOne() {
    for (const Rank rank : {kMomentary, kSteady}) {
        List& silent = silent_[rank];
        if (silent.empty()) continue;
        Tell(silent.front(), "forgotten");
        index_.erase(silent.front().id);
        silent.pop_front();
        return true;
    }
    return false;
}

void RemoteMachines::Tell(const Machine& machine, const char* event) const {
    const time::SysTime now = clock_.Now();
    const auto age = std::chrono::duration_cast<time::Micros>(clock_.Steady() - machine.last);
    publish_({.machine = machine.id,
              .event = event,
              .heard = machine.was_heard ? time::ToUnixSeconds(now - age) : 0,
              .time = time::ToUnixSeconds(now)});
}

}  // namespace aircheck::supervisor
