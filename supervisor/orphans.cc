// SPDX-License-Identifier: MIT
#include "supervisor/orphans.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/log/log.h"
#include "common/storage/pid_file.h"
#include "common/util/units.h"

namespace aircheck::supervisor {
namespace {

// They look for a supervisor several times a second and beat each second.
constexpr std::chrono::seconds kCallIn{3};

}  // namespace

Orphans::Orphans(storage::Layout layout, Context context)
    : layout_(std::move(layout)), context_(std::move(context)) {}

void Orphans::Adopt(const std::vector<Leftovers::Worker>& workers) {
    if (orphans_.empty()) retiring_ = false;
    adopted_ = context_.clock.Steady();
    for (const auto& worker : workers)
        if (!Has(worker.pid)) Adopt(worker);
}

void Orphans::Adopt(const Leftovers::Worker& worker) {
    auto watch =
        event::WatchProcess(context_.loop, worker.pid, [this, pid = worker.pid] { OnEnded(pid); });
    // Only now, when its number cannot change owners unseen, is it certain who has it.
    const auto holder = storage::PidFile::Find(layout_.PidFile(worker.name, worker.pid));
    if (!watch || !holder || holder->pid != worker.pid) return;
    log::info("{}: PID {} has lost its supervisor: adopted", worker.name, worker.pid);
    Orphan& orphan = orphans_.emplace_back();
    orphan.name = worker.name;
    orphan.pid = worker.pid;
    orphan.watch = std::move(watch);
    orphan.heard = adopted_;
    orphan.end = std::make_unique<FormerProcess>(
        context_.loop, fmt::format("{}: PID {}", worker.name, worker.pid), context_.limits,
        FormerProcess::Actions{.retire = [this, &orphan] { TellToRetire(orphan); },
                               .signal = [&orphan](int signal) { orphan.watch->Signal(signal); }});
    if (retiring_) orphan.end->Retire();
}

Orphans::Orphan* Orphans::Find(pid_t pid) {
    const auto it = std::ranges::find(orphans_, pid, &Orphan::pid);
    return it == orphans_.end() ? nullptr : &*it;
}

bool Orphans::Has(pid_t pid) const {
    return std::ranges::find(orphans_, pid, &Orphan::pid) != orphans_.end();
}

void Orphans::HeardFrom(pid_t pid, const std::string& identity) {
    Orphan* orphan = Find(pid);
    if (!orphan || orphan->identity == identity) return;
    orphan->identity = identity;
    context_.command(identity, {.command = "adopt", .pid = getpid()});
    if (retiring_) TellToRetire(*orphan);
}

void Orphans::OnBeat(const proto::Heartbeat& beat) {
    Orphan* orphan = Find(beat.pid);
    if (!orphan) return;
    orphan->heard = context_.clock.Steady();
    orphan->recording.clear();
    for (const auto& station : beat.stations)
        if (station.state == "recording") orphan->recording.insert(station.station);
}

bool Orphans::HaveCalledIn() const {
    if (retiring_ || orphans_.empty()) return false;
    return HaveWaited(kCallIn) ||
           std::ranges::none_of(orphans_, [](const auto& each) { return each.identity.empty(); });
}

bool Orphans::HaveWaited(time::Micros limit) const {
    return !retiring_ && !orphans_.empty() && context_.clock.Steady() - adopted_ >= limit;
}

std::set<std::string> Orphans::Recording() const {
    std::set<std::string> stations;
    for (const auto& orphan : orphans_)
        stations.insert(orphan.recording.begin(), orphan.recording.end());
    return stations;
}

void Orphans::RetireAll(const std::vector<std::string>& successors) {
    retiring_ = true;
    successors_ = successors;
    for (auto& orphan : orphans_) orphan.end->Retire();
}

void Orphans::StopAll() {
    for (auto& orphan : orphans_) orphan.end->Stop();
}

void Orphans::KillSilent(time::Micros patience) {
    if (!retiring_) return;
    for (auto& orphan : orphans_) {
        if (orphan.killed || context_.clock.Steady() - orphan.heard < patience) continue;
        log::warn(
            "{}: the adopted PID {} has sent no heartbeat for {}: killed", orphan.name, orphan.pid,
            util::FormatDuration(std::chrono::duration_cast<std::chrono::milliseconds>(patience)));
        orphan.killed = true;
        orphan.end->Kill();
    }
}

void Orphans::TellToRetire(const Orphan& orphan) const {
    if (orphan.identity.empty()) return;
    const auto number =
        static_cast<std::size_t>(orphan.pid) % std::max<std::size_t>(successors_.size(), 1);
    context_.command(
        orphan.identity,
        {.command = "retire", .successor = successors_.empty() ? "" : successors_[number]});
}

void Orphans::OnEnded(pid_t pid) {
    const auto it = std::ranges::find(orphans_, pid, &Orphan::pid);
    if (it == orphans_.end()) return;
    log::info("{}: the adopted PID {} has ended", it->name, pid);
    std::error_code ignored;
    std::filesystem::remove(layout_.PidFile(it->name, pid), ignored);
    orphans_.erase(it);
    context_.ended();
}

}  // namespace aircheck::supervisor
