// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/catalog/rows.h"
#include "common/time/clock.h"
#include "webapi/listening/live_hub.h"

namespace aircheck::webapi {

/// The last of the take's titles at or before `t`; nullptr if there is none. They are in order.
const catalog::Title* TitleAt(std::span<const catalog::Title> titles, std::string_view take,
                              time::SysTime t);

/// Which title belongs to a moment of the recording, asked for moments that follow one another.
/// Near the present it lives on what the hub knows; further back it looks into the catalog, for
/// several minutes at once. Titles of other takes are dated by those: they count only where the
/// take has none yet.
class TitleFollower {
public:
    TitleFollower(LiveHub& hub, CatalogReader& reader, const time::Clock& clock)
        : hub_(hub), reader_(reader), clock_(clock) {}

    /// Goes on to time `t` of the segment.
    boost::asio::awaitable<void> MoveTo(const catalog::Segment& segment, time::SysTime t);

    /// Nullopt as long as nothing has been recorded.
    const std::optional<std::string>& title() const { return title_; }

private:
    boost::asio::awaitable<void> LookUp(const catalog::Segment& segment, time::SysTime t);

    LiveHub& hub_;
    CatalogReader& reader_;
    const time::Clock& clock_;
    std::optional<std::string> title_;
    std::string take_;
    time::SysTime known_to_{};  // no other title begins before
};

}  // namespace aircheck::webapi
