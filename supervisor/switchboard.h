// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "common/time/clock.h"
#include "supervisor/hub.h"
#include "supervisor/orphans.h"
#include "supervisor/starvation.h"
#include "supervisor/stations.h"
#include "supervisor/workers.h"

namespace aircheck::supervisor {

/// What workers say: told to who it is for, and passed on to the taps. Only workers of this
/// supervisor are believed, and those that it has adopted. Owned by the supervisor; lives on the
/// loop's thread.
class Switchboard {
public:
    struct Handlers {
        std::function<void()> progress;  // a worker does its job, or records a station
        std::function<void(const proto::SpliceEvent&)> splice;
        std::function<void(const proto::Request&, const std::string& identity)> request;
        std::function<void(const proto::Answer&)> answer;
        std::function<void()> pruner;  // another one has come
    };

    Switchboard(const time::Clock& clock, Hub& hub, Stations& stations, Workers& workers,
                Orphans& orphans, Handlers handlers);

    void OnMessage(const Hub::Incoming& incoming);

    /// Replaces downloaders that have got no bytes for `patience` while others got theirs.
    void LookForStarving(time::Micros patience);

private:
    void Take(const Hub::Incoming& incoming, const proto::Heartbeat& beat);
    void Take(const Hub::Incoming& incoming, const proto::Ready& ready);
    void Take(const Hub::Incoming& incoming, const proto::Request& request);
    void Take(const Hub::Incoming& incoming, const proto::Answer& answer);
    void Take(const Hub::Incoming& incoming, const proto::StationEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::SegmentEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::SpliceEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::TitleEvent& event);
    void Take(const Hub::Incoming& incoming, const proto::SilenceEvent& event);
    template <typename Other>
    void Take(const Hub::Incoming& incoming, const Other&);

    bool PassOn(const Hub::Incoming& incoming, const std::string& station);
    WorkerProcess* Sender(const Hub::Incoming& incoming, const std::string& name, int pid);

    Hub& hub_;
    Stations& stations_;
    Workers& workers_;
    Orphans& orphans_;
    const Handlers handlers_;
    Starvation starvation_;
};

}  // namespace aircheck::supervisor
