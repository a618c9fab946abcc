// SPDX-License-Identifier: MIT
#include "supervisor/errands.h"

#include <algorithm>
#include <array>
#include <utility>

namespace aircheck::supervisor {
namespace {

constexpr std::array<std::string_view, 3> kErrands = {"prune", "reindex", "rename"};

}  // namespace

Errands::Errands(const time::Clock& clock, Handlers handlers)
    : clock_(clock), handlers_(std::move(handlers)) {}

bool Errands::IsOne(std::string_view request) {
    return std::ranges::find(kErrands, request) != kErrands.end();
}

void Errands::Begin(const proto::Request& request, const std::string& identity) {
    const Asker asker{identity, request.id};
    const auto same = std::ranges::find_if(errands_, [&](const auto& entry) {
        const proto::Command& command = entry.second.command;
        return command.command == request.request && command.station == request.station;
    });
    if (same != errands_.end()) {
        auto& askers = same->second.askers;
        if (askers.size() < kMaxAskers) return askers.push_back(asker);
        return handlers_.answer(identity, {.id = request.id,
                                           .accepted = true,
                                           .text = "It is under way already; many wait for it."});
    }
    const proto::Command command{
        .command = request.request, .station = request.station, .id = ++last_id_};
    errands_.emplace(command.id, Errand{command, clock_.Now(), {asker}});
    handlers_.send(command);
}

void Errands::Done(const proto::Answer& answer) {
    const auto found = errands_.find(answer.id);
    if (found == errands_.end()) return;
    const Errand errand = std::move(found->second);
    errands_.erase(found);
    proto::Answer copy = answer;
    for (const Asker& asker : errand.askers) {
        copy.id = asker.id;
        handlers_.answer(asker.identity, copy);
    }
}

void Errands::SendAgain() const {
    for (const auto& [id, errand] : errands_) handlers_.send(errand.command);
}

std::vector<proto::Task> Errands::Tasks() const {
    std::vector<proto::Task> tasks;
    for (const auto& [id, errand] : errands_)
        tasks.push_back({.what = errand.command.command,
                         .subject = errand.command.station,
                         .since = time::ToUnixSeconds(errand.since)});
    return tasks;
}

}  // namespace aircheck::supervisor
