// SPDX-License-Identifier: MIT
#include "supervisor/switchboard.h"

#include <utility>
#include <variant>

#include "common/log/log.h"
#include "supervisor/worker_plan.h"

namespace aircheck::supervisor {

Switchboard::Switchboard(const time::Clock& clock, Hub& hub, Stations& stations, Workers& workers,
                         Orphans& orphans, Handlers handlers)
    : hub_(hub),
      stations_(stations),
      workers_(workers),
      orphans_(orphans),
      handlers_(std::move(handlers)),
      starvation_(clock) {}

void Switchboard::LookForStarving(time::Micros patience) {
    for (const auto& name : starvation_.Find(patience))
        if (WorkerProcess* worker = workers_.Find(name)) worker->Handle(WorkerInput::kStarved);
}

void Switchboard::OnMessage(const Hub::Incoming& incoming) {
    std::visit([&](const auto& message) { Take(incoming, message); }, incoming.message);
}

// The worker, if it is one of ours and the process in its place now; nullptr for all others.
WorkerProcess* Switchboard::Sender(const Hub::Incoming& incoming, const std::string& name,
                                   int pid) {
    if (orphans_.Has(pid)) {
        orphans_.HeardFrom(pid, incoming.identity);
        return nullptr;
    }
    WorkerProcess* worker = workers_.Find(name, pid);
    if (!worker) {
        hub_.CountForeign(fmt::format("{} from PID {}", incoming.topic, pid));
        return nullptr;
    }
    worker->HeardFrom(pid, incoming.identity);
    return worker->pid() == pid ? worker : nullptr;
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::Heartbeat& beat) {
    orphans_.OnBeat(beat);
    WorkerProcess* worker = Sender(incoming, beat.name, beat.pid);
    if (!worker) return;
    worker->Handle(WorkerInput::kBeat);
    starvation_.OnBeat(beat);
    hub_.Publish(incoming.topic, incoming.json);
    for (const auto& part : beat.stations) {
        const auto event = stations_.OnBeat(beat.name, part, beat.uptime, beat.time);
        if (!event) continue;
        log::info("{}: bitrate is {} kbit/s", event->station, event->bitrate);
        hub_.Publish(*event);
        worker->Send({.command = "bitrate", .station = event->station, .kbps = event->bitrate});
    }
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::Ready& ready) {
    WorkerProcess* worker = Sender(incoming, ready.name, ready.pid);
    if (!worker) return;
    worker->Handle(WorkerInput::kReady);
    handlers_.progress();
    if (worker->role() == kPruner) handlers_.pruner();
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::Request& request) {
    handlers_.request(request, incoming.identity);
}

void Switchboard::Take(const Hub::Incoming&, const proto::Answer& answer) {
    handlers_.answer(answer);
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::StationEvent& event) {
    if (stations_.Has(event.station)) {
        hub_.Publish(stations_.Complete(event));
        if (event.state == "recording") handlers_.progress();
    } else if (!stations_.Had(event.station)) {
        hub_.CountForeign(incoming.topic);
    }
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::SegmentEvent& event) {
    PassOn(incoming, event.station);
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::SpliceEvent& event) {
    if (PassOn(incoming, event.station)) handlers_.splice(event);
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::TitleEvent& event) {
    PassOn(incoming, event.station);
}

void Switchboard::Take(const Hub::Incoming& incoming, const proto::SilenceEvent& event) {
    PassOn(incoming, event.station);
}

// What else can be said is for the supervisor to say, not to hear.
template <typename Other>
void Switchboard::Take(const Hub::Incoming& incoming, const Other&) {
    hub_.CountForeign(incoming.topic);
}

bool Switchboard::PassOn(const Hub::Incoming& incoming, const std::string& station) {
    const bool known = stations_.Has(station);
    if (known) {
        hub_.Publish(incoming.topic, incoming.json);
    } else if (!stations_.Had(station)) {
        hub_.CountForeign(incoming.topic);
    }
    return known;
}

}  // namespace aircheck::supervisor
