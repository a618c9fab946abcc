// SPDX-License-Identifier: MIT
#include "webapi/listening/icy_body.h"

#include <algorithm>
#include <utility>

#include "webapi/listening/icy_block.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

IcyBody::IcyBody(LiveBody sound, TitleFollower titles)
    : sound_(std::move(sound)),
      titles_(std::move(titles)),
      interval_(kIcyInterval),
      until_block_(kIcyInterval) {}

std::unique_ptr<IcyBody> IcyBody::Restore(LiveBody sound, TitleFollower titles,
                                          const IcyState& state) {
    if (state.interval == 0 || state.until_block > state.interval) return nullptr;
    auto body = std::make_unique<IcyBody>(std::move(sound), std::move(titles));
    body->interval_ = state.interval;
    body->until_block_ = state.until_block;
    body->told_ = state.title;
    body->rest_ = {body->sound_.file(), state.rest.offset, state.rest.size};
    return body;
}

bool IcyBody::Save(BodyState& state, Luggage& luggage) {
    if (!sound_.Save(state, luggage)) return false;
    state.live->icy = {interval_, until_block_, told_, {rest_.offset, rest_.size}};
    return true;
}

asio::awaitable<void> IcyBody::Prepare() {
    co_await sound_.Prepare();
}

asio::awaitable<std::optional<Extent>> IcyBody::Next() {
    if (rest_.size == 0) {
        const std::optional<Extent> extent = co_await sound_.Next();
        if (!extent || extent->size == 0) co_return extent;
        rest_ = *extent;
    }
    // A block waits for the sound behind it, so that its title is of that, and in one packet.
    if (until_block_ == 0) {
        co_await MakeBlock();
        until_block_ = interval_;
        co_return Extent{-1, 0, block_.size(), block_.data(), true};
    }
    Extent part = rest_;
    part.size = std::min(rest_.size, until_block_);
    rest_.offset += part.size;
    rest_.size -= part.size;
    until_block_ -= part.size;
    co_return part;
}

asio::awaitable<void> IcyBody::MakeBlock() {
    const catalog::Segment segment = sound_.current();
    co_await titles_.MoveTo(segment, TimeOfByte(segment, rest_.offset));
    block_ = kEmptyIcyBlock;
    if (!titles_.title() || titles_.title() == told_) co_return;
    told_ = titles_.title();
    block_ = IcyBlock(*told_);
}

}  // namespace aircheck::webapi
