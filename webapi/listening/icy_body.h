// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "webapi/http/http.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/title_follower.h"

namespace aircheck::webapi {

/// What a live listener gets who asked for titles: the sound that LiveBody lets through, with a
/// metadata block after every kIcyInterval bytes of it.
class IcyBody final : public Body {
public:
    IcyBody(LiveBody sound, TitleFollower titles);

    /// Goes on as another process saved it, around what that saved of `sound`. Nullptr if that
    /// makes no sense.
    static std::unique_ptr<IcyBody> Restore(LiveBody sound, TitleFollower titles,
                                            const IcyState& state);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    boost::asio::awaitable<void> MakeBlock();

    LiveBody sound_;
    TitleFollower titles_;
    Extent rest_;  // let through and not yet given out
    std::uint64_t interval_ = 0;
    std::uint64_t until_block_ = 0;
    std::optional<std::string> told_;  // the title that the player shows
    std::string block_;                // being sent
};

}  // namespace aircheck::webapi
