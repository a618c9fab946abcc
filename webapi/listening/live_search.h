// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {

/// Where a live listener goes on.
struct LiveNext {
    Piece piece;
    time::Micros lost{};  // what has been removed before he came to hear it
};

/// The first sound at or after `t`, over a gap if need be; where there is none, the end of what
/// there is before. Nullopt if nothing is recorded at all. Blocks.
std::optional<Piece> FindLiveStart(const catalog::Catalog& catalog, const Places& places,
                                   std::string_view station, time::SysTime t);

/// What follows all of `current`: more of it, if the catalog has a newer row, else the next piece.
/// Nullopt if there is nothing yet, or if it is still being found out where another take goes on.
/// Blocks.
std::optional<LiveNext> FindLiveNext(const catalog::Catalog& catalog, const Places& places,
                                     const catalog::Segment& current, time::SysTime now);

/// Where to begin for the present: `lead` before the end of the newest sound, but behind all that
/// is in another codec than that. Nullopt if nothing is recorded at all. Blocks.
std::optional<time::SysTime> LivePresent(const catalog::Catalog& catalog, std::string_view station,
                                         time::Micros lead, time::SysTime now);

}  // namespace aircheck::webapi
