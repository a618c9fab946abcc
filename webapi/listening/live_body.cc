// SPDX-License-Identifier: MIT
#include "webapi/listening/live_body.h"

#include <chrono>
#include <utility>

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// Who has not taken so much of what he may have is moved on. Sooner would punish a pause of the
/// network; later, he would hear ever more of the past.
constexpr time::Micros kMostBehind = std::chrono::minutes{1};

/// Ticks in a row at which the cloud could not say where it goes on.
constexpr int kMostVain = 30;

}  // namespace

LiveBody::LiveBody(LiveHub& hub, LiveFollower follower)
    : hub_(hub), follower_(std::move(follower)) {}

std::unique_ptr<LiveBody> LiveBody::Restore(LiveHub& hub, const time::Clock& clock,
                                            const LiveState& state, Luggage& luggage) {
    SharedFile file;
    std::shared_ptr<CloudSegment> cloud;
    if (util::UniqueFd taken = luggage.TakeFile(state.file))
        file = hub.source().files().Share(std::move(taken));
    if (auto row = RestoreSegment(state.segment); row && !state.object.empty()) {
        row->object = state.object;
        cloud = hub.source().OpenInCloud(*row);
    }
    if (!cloud && !file) return nullptr;
    auto follower = LiveFollower::Restore(clock, state, std::move(file), std::move(cloud));
    if (!follower) return nullptr;
    auto body = std::make_unique<LiveBody>(hub, std::move(*follower));
    body->caught_up_ = state.caught_up;
    body->over_ = state.over;
    return body;
}

bool LiveBody::Save(BodyState& state, Luggage& luggage) {
    LiveState live;
    if (!follower_.Save(live, luggage)) return false;
    live.caught_up = caught_up_;
    live.over = over_;
    state.live = std::move(live);
    return true;
}

asio::awaitable<std::optional<Extent>> LiveBody::Next() {
    // Whoever was given nothing has not been slow, however late this is.
    const bool slow = std::exchange(gave_, false) && follower_.Behind() > kMostBehind;
    if (slow) co_await CatchUp();
    if (caught_up_ && !slow) {
        co_await hub_.NextTick();
        caught_up_ = false;
        // Back to the connection in any case, which knows whether the listener is still there.
        co_return Extent{};
    }
    for (;;) {
        const LiveHub::Newest newest = hub_.NewestOf(follower_.current().station);
        if (newest) follower_.Observe(*newest);
        const std::uint64_t allowed = follower_.Allowed();
        const bool from_cloud = follower_.cloud() != nullptr && allowed > 0;
        Extent extent;
        if (from_cloud)
            extent = co_await TakeOfCloud();
        else
            extent = follower_.Take();
        if (extent.size > 0) {
            // Of what is in the cloud it may only be a part.
            caught_up_ = extent.size >= allowed && !follower_.Done();
            gave_ = true;
            co_return extent;
        }
        if (over_) break;
        if (from_cloud) co_return extent;
        if (!newest || !follower_.WantsNext(*newest)) break;
        const bool moved = co_await MoveOn();
        if (!moved) break;
    }
    if (over_) co_return std::nullopt;
    if (follower_.Done()) follower_.Wait();
    caught_up_ = true;
    co_return Extent{};
}

asio::awaitable<void> LiveBody::Prepare() {
    if (const auto cloud = follower_.cloud())
        co_await hub_.source().Prepare(*cloud, follower_.position(), follower_.Done() ? 0 : 1);
}

/// What may be sent now and is here; size 0: to be asked again.
asio::awaitable<Extent> LiveBody::TakeOfCloud() {
    const std::shared_ptr<CloudSegment> cloud = follower_.cloud();
    const std::uint64_t left = follower_.current().bytes - follower_.position();
    std::uint64_t here = 0;
    bool lost = false;
    try {
        here = co_await hub_.source().Await(*cloud, cursor_, follower_.position(), left);
    } catch (const CloudFailure& failure) {
        if (!failure.lost()) throw;
        lost = true;
    }
    if (lost) co_await PassOver();
    if (here == 0) co_return Extent{};
    co_return follower_.Take(here);
}

/// The rest of the segment is nowhere.
asio::awaitable<void> LiveBody::PassOver() {
    const catalog::Segment current = follower_.current();
    const LiveFound found = co_await hub_.StartAt(current.station, current.end);
    const LiveStep* next = found.step.get();
    if (next == nullptr || next->segment.id == current.id)
        throw CutOff(current.path + " is lost, and nothing follows");
    over_ = next->segment.format.codec != current.format.codec;
    if (!over_) follower_.Skip(*next, time::Micros{});
}

asio::awaitable<bool> LiveBody::MoveOn() {
    const catalog::Segment current = follower_.current();
    const LiveFound found = co_await hub_.NextAfter(current);
    const LiveStep* next = found.step.get();
    if (found.state == LiveFound::State::kCloud && ++vain_ > kMostVain)
        throw CutOff("the cloud does not send anything");
    if (next == nullptr) co_return false;
    vain_ = 0;
    over_ = next->segment.format.codec != current.format.codec;
    if (over_) co_return false;
    if (next->lost > time::Micros{}) hub_.TellOfLoss(current.station, next->lost);
    follower_.Enter(*next);
    co_return true;
}

/// To where he would be if he had taken everything but the lead.
asio::awaitable<void> LiveBody::CatchUp() {
    const catalog::Segment current = follower_.current();
    const time::Micros lost = follower_.Behind() - kLiveLead;
    const time::SysTime to = follower_.at() + lost;
    const LiveFound found = co_await hub_.StartAt(current.station, to);
    const LiveStep* next = found.step.get();
    // All there is in this codec is still to come: he hears that to its end.
    if (next == nullptr || next->segment.format.codec != current.format.codec) co_return;
    hub_.TellOfLoss(current.station, lost);
    follower_.Skip(*next, lost);
}

}  // namespace aircheck::webapi
