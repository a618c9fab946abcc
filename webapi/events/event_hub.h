// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "proto/messages.h"
#include "proto/recorder_choice.h"
#include "webapi/events/backstage.h"
#include "webapi/services.h"

namespace aircheck::webapi {

class EventsBody;

/// Who watches: those who may operate see more.
enum class Watcher { kAnybody, kOperator };

/// Passes on what happens to all who watch `/events`, as server-sent events: each is made once,
/// however many watch. Fed with the supervisor's tap, after the vitals. Lives on the loop's thread,
/// and longer than any body.
class EventHub {
public:
    static constexpr std::size_t kMaxWatchers = 2000;

    using Text = std::shared_ptr<const std::string>;

    /// The present state is told anew so often, for what no message tells.
    static constexpr std::chrono::seconds kRefresh{30};

    explicit EventHub(const Services& services) : services_(services) {}

    void Feed(const proto::Message& message);

    /// All that there is to know at first, as an event. The same text for all who come at the same
    /// time.
    Text Present();

    /// What only operators are told, at first. May be empty.
    std::string Backstage() const;

    bool full() const { return watchers_.size() >= kMaxWatchers; }
    std::size_t watchers() const { return watchers_.size(); }

private:
    friend class EventsBody;

    void Join(EventsBody& body) { watchers_.insert(&body); }
    void Leave(EventsBody& body) { watchers_.erase(&body); }
    void Tell(std::string_view event, std::string_view data);
    void TellOperators(std::string_view event, std::string_view data);
    void TellLog(const proto::LogEvent& event);
    void TellBeat(const proto::Heartbeat& beat);
    void Remember(const proto::Message& message);

    const Services& services_;
    std::set<EventsBody*> watchers_;
    std::map<std::string, proto::RecorderChoice> recorders_;
    std::map<std::string, proto::StationEvent> stations_;
    std::map<std::string, proto::TitleEvent> titles_;
    proto::RestartEvent restart_;
    LogLines log_;
    Text present_;
    time::SteadyTime made_{};
    time::SteadyTime refreshed_{};
};

}  // namespace aircheck::webapi
