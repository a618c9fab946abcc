// SPDX-License-Identifier: MIT
#include "webapi/listening/live_body.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

LiveBody::LiveBody(LiveHub& hub, CatalogReader& reader, const time::Clock& clock,
                   LiveFollower follower)
    : hub_(hub), reader_(reader), clock_(clock), follower_(std::move(follower)) {}

std::unique_ptr<LiveBody> LiveBody::Restore(LiveHub& hub, CatalogReader& reader,
                                            const time::Clock& clock, const LiveState& state,
                                            Luggage& luggage) {
    auto follower = LiveFollower::Restore(clock, state, luggage);
    if (!follower) return nullptr;
    auto body = std::make_unique<LiveBody>(hub, reader, clock, std::move(*follower));
    body->caught_up_ = state.caught_up;
    body->over_ = state.over;
    return body;
}

bool LiveBody::Save(BodyState& state, Luggage& luggage) {
    LiveState& live = state.live.emplace();
    follower_.Save(live, luggage);
    live.caught_up = caught_up_;
    live.over = over_;
    return true;
}

asio::awaitable<std::optional<Extent>> LiveBody::Next() {
    if (caught_up_) {
        co_await hub_.NextTick();
        caught_up_ = false;
        // Back to the connection in any case, which knows whether the listener is still there.
        co_return Extent{};
    }
    for (;;) {
        const LiveHub::Newest newest = hub_.NewestOf(follower_.current().station);
        if (newest) follower_.Observe(*newest);
        const Extent extent = follower_.Take();
        if (extent.size > 0) {
            caught_up_ = !follower_.Done();
            co_return extent;
        }
        if (!newest || !follower_.WantsNext(*newest)) break;
        const bool moved = co_await MoveOn();
        if (!moved) break;
    }
    if (over_) co_return std::nullopt;
    caught_up_ = true;
    co_return Extent{};
}

asio::awaitable<bool> LiveBody::MoveOn() {
    std::optional<Piece> next;
    const catalog::Segment current = follower_.current();
    const storage::Layout& layout = reader_.layout();
    const time::SysTime now = clock_.Now();
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog != nullptr) next = FindLiveNext(*catalog, layout, current, now);
    };
    const bool ran = co_await reader_.Run(job);
    if (!ran || !next) co_return false;
    over_ = next->segment.format.codec != current.format.codec;
    if (over_) co_return false;
    follower_.Enter(std::move(*next));
    co_return true;
}

}  // namespace aircheck::webapi
