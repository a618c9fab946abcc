// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "webapi/http/http.h"
#include "webapi/listening/live_follower.h"
#include "webapi/listening/live_hub.h"

namespace aircheck::webapi {

/// What a live listener gets: what may be sent at once, then a part at each tick, for ever; or
/// until the station goes over to another codec, which the answer's headers do not promise. The
/// recording itself is the queue that he is fed from: who takes too little is moved to a later
/// point of it.
class LiveBody final : public Body {
public:
    LiveBody(LiveHub& hub, LiveFollower follower);

    /// Goes on as another process saved it. Nullptr if that makes no sense.
    static std::unique_ptr<LiveBody> Restore(LiveHub& hub, const time::Clock& clock,
                                             const LiveState& state, Luggage& luggage);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

    /// The segment that the last extent is of.
    const catalog::Segment& current() const { return follower_.current(); }
    int file() const { return follower_.file(); }

private:
    boost::asio::awaitable<Extent> TakeOfCloud();
    boost::asio::awaitable<bool> MoveOn();
    boost::asio::awaitable<void> CatchUp();
    boost::asio::awaitable<void> PassOver();

    LiveHub& hub_;
    LiveFollower follower_;
    CloudCursor cursor_;
    int vain_ = 0;            // attempts to move on
    bool caught_up_ = false;  // nothing more to send before the next tick
    bool gave_ = false;       // something, the last time
    bool over_ = false;       // all has been sent that there is in this codec
};

}  // namespace aircheck::webapi
