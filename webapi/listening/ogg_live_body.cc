// SPDX-License-Identifier: MIT
#include "webapi/listening/ogg_live_body.h"

#include <algorithm>
#include <utility>

namespace aircheck::webapi {

namespace asio = boost::asio;

OggLiveBody::OggLiveBody(LiveBody recorded) : recorded_(std::move(recorded)) {}

std::unique_ptr<OggLiveBody> OggLiveBody::Restore(LiveBody recorded, const OggLiveState& state,
                                                  Luggage& luggage) {
    auto body = std::make_unique<OggLiveBody>(std::move(recorded));
    if (!body->relay_.Restore(state.relay, luggage)) return nullptr;
    const int file = body->recorded_.file();
    body->rest_ = {file, state.rest.offset, state.rest.size};
    body->segment_ = state.segment;
    const catalog::Segment& current = body->recorded_.current();
    if (state.segment == current.id) body->relay_.Resume(file, current);
    return body;
}

bool OggLiveBody::Save(BodyState& state, Luggage& luggage) {
    if (!recorded_.Save(state, luggage)) return false;
    OggLiveState& ogg = state.live->ogg.emplace();
    relay_.Save(ogg.relay, luggage);
    ogg.rest = {rest_.offset, rest_.size};
    ogg.segment = segment_;
    return true;
}

asio::awaitable<void> OggLiveBody::Prepare() {
    co_await recorded_.Prepare();
}

asio::awaitable<std::optional<Extent>> OggLiveBody::Next() {
    std::string_view part;
    if (rest_.size == 0) {
        const std::optional<Extent> extent = co_await recorded_.Next();
        if (!extent || extent->size == 0) co_return extent;
        const bool moved = extent->offset != rest_.offset;  // if he was too slow
        rest_ = *extent;
        if (moved || recorded_.current().id != segment_) part = EnterSegment();
    }
    if (part.empty()) part = relay_.Read(rest_);
    co_return Extent{-1, 0, part.size(), part.data()};
}

std::string_view OggLiveBody::EnterSegment() {
    const catalog::Segment& segment = recorded_.current();
    segment_ = segment.id;
    // A listener may have been there before the first frame.
    const std::uint64_t setup = segment.setup_bytes - std::min(segment.setup_bytes, rest_.offset);
    const std::uint64_t passed_over = std::min(setup, rest_.size);
    rest_.offset += passed_over;
    rest_.size -= passed_over;
    return relay_.Enter(rest_.fd, segment);
}

}  // namespace aircheck::webapi
