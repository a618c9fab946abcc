// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/takeover/channel.h"
#include "common/time/clock.h"
#include "webapi/catalog_reader.h"
#include "webapi/events/event_hub.h"
#include "webapi/listening/live_hub.h"
#include "webapi/standing.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

/// A message to a takeover socket, or an answer of it: one line of JSON, and bytes behind it.
struct HailText {
    Hail hail;
    std::string_view bytes;
};

/// Never throw for what the text says; the alternative is a sentence that says what is wrong.
std::variant<HailText, std::string> DecodeHail(std::string_view text);
std::variant<HailAnswer, std::string> DecodeHailAnswer(std::string_view text);
std::string Encode(const Hail& hail);
std::string Encode(const HailAnswer& answer);

/// What restored bodies work with. All of it outlives them.
struct BodyParts {
    LiveHub& hub;
    const SoundSource& source;
    const time::Clock& clock;
    EventHub& events;
};

/// A connection as a message to another process; nullopt, with nothing changed, if that cannot be.
std::optional<takeover::Parcel> Pack(Standing& standing);

/// The other direction, from `hail.connection`. The alternative says what is wrong with it.
std::variant<Standing, std::string> Unpack(const HailText& hail, std::vector<util::UniqueFd> files,
                                           const BodyParts& parts);
std::variant<Standing, std::string> Unpack(takeover::Parcel parcel, const BodyParts& parts);

}  // namespace aircheck::webapi
