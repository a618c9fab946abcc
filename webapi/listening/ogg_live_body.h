// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "webapi/http/http.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/ogg_relay.h"

namespace aircheck::webapi {

/// What a live listener of an Ogg station gets: one stream of its own, that begins with the setup,
/// of what LiveBody lets through.
class OggLiveBody final : public Body {
public:
    explicit OggLiveBody(LiveBody recorded);

    /// Goes on as another process saved it, around what that saved of `recorded`. Nullptr if that
    /// makes no sense. Throws std::system_error if the file cannot be read.
    static std::unique_ptr<OggLiveBody> Restore(LiveBody recorded, const OggLiveState& state,
                                                Luggage& luggage);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    std::string_view EnterSegment();

    LiveBody recorded_;
    OggRelay relay_;
    Extent rest_;                // let through and not yet made
    std::int64_t segment_ = -1;  // that it belongs to
};

}  // namespace aircheck::webapi
