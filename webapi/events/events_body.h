// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>

#include "common/time/clock.h"
#include "webapi/events/event_hub.h"
#include "webapi/http/silent_body.h"

namespace aircheck::webapi {

/// What one who watches gets: the present first, then each event as it comes, and a comment where
/// none comes for long. The queue of one who is too slow ends his answer; browsers ask again.
class EventsBody final : public SilentBody {
public:
    static constexpr std::size_t kMaxQueuedBytes = std::size_t{1} << 20;

    EventsBody(EventHub& hub, Watcher watcher);
    ~EventsBody() override;

    boost::asio::awaitable<std::optional<Extent>> Next() override;

    /// There is nothing to carry along: where he goes on he is told the present anew.
    bool Save(BodyState& state, Luggage& luggage) override;

    void Push(EventHub::Text text);
    Watcher watcher() const { return watcher_; }

private:
    Extent Give(EventHub::Text text);

    EventHub& hub_;
    const Watcher watcher_;
    std::deque<EventHub::Text> queue_;
    std::size_t queued_bytes_ = 0;
    bool overrun_ = false;
    EventHub::Text given_;  // being sent
    int quiet_ = 0;         // waits in vain since then
    boost::asio::steady_timer* waiting_ = nullptr;
};

}  // namespace aircheck::webapi
