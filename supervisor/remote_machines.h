// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "proto/beat.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// When each other machine was last heard, which of them have fallen silent and which came back.
/// Pure: fed with heartbeats, asked to check. Owned by a BeatReceiver; lives on the loop's thread.
///
/// Anybody can send heartbeats under any address, so no more than `most` are remembered beside
/// those that are configured. A new machine then takes the place of a silent one: of those heard
/// only for a moment first, then of the others, the longest silent first. Where none is silent,
/// there is no room: so a machine that beats is never forgotten, and a flood of made-up ones gets
/// at most one table full of them told of within `timeout`.
class RemoteMachines {
public:
    using Publish = std::function<void(const proto::MachineEvent&)>;

    RemoteMachines(const config::MachinesConfig& config, const time::Clock& clock, Publish publish,
                   std::size_t most = proto::kMaxMachines);

    /// A heartbeat of the machine of that id (proto::MachineId). False if there is no room for it.
    bool Hear(std::string_view id);

    /// Finds those that have fallen silent; to be called each `check`. Tells of at most `budget`
    /// of them: true if there are more.
    bool Check(std::size_t budget);

    std::size_t size() const { return index_.size(); }
    std::size_t silent() const { return size() - beating_.size(); }

private:
    /// Who is forgotten first, when silent; the last never.
    enum Rank { kMomentary, kSteady, kConfigured, kRanks };

    struct Machine {
        std::string id;
        Rank rank = kMomentary;
        bool is_silent = false;
        bool was_heard = false;
        time::SteadyTime first{};
        time::SteadyTime last{};  // heard; or, if it never was, when waiting for it began
    };
    using List = std::list<Machine>;

    void Add(std::string_view id, Rank rank);
    void BeatAgain(List::iterator machine);
    bool ForgetOne();
    void Tell(const Machine& machine, const char* event) const;

    const time::Clock& clock_;
    const Publish publish_;
    const time::Micros check_;
    const time::Micros timeout_;
    const std::size_t most_;
    List beating_;  // by `last`
    std::array<List, kRanks> silent_;
    std::unordered_map<std::string_view, List::iterator> index_;  // keys are the machines' own ids
    std::size_t configured_ = 0;
    time::SteadyTime listening_since_;
    time::SteadyTime last_check_;
};

}  // namespace aircheck::supervisor
