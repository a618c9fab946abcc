// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/util/unique_fd.h"
#include "webapi/http/http.h"
#include "webapi/listening/live_pacer.h"
#include "webapi/listening/slice.h"
#include "webapi/takeover/luggage.h"

namespace aircheck::webapi {

/// Where a listener is in the growing recording, and where to go next: from segment to segment
/// and from take to take as the timeline says, over gaps, never back. Pure but for the file that
/// it holds open; the look-ups beside it block.
class LiveFollower {
public:
    /// How far others may be ahead of an open segment before it counts as stalled. Less than the
    /// lead, so that a listener hears nothing of it.
    static constexpr time::Micros kStallPatience{4'000'000};

    LiveFollower(const time::Clock& clock, time::Micros lead, Piece first);

    /// Goes on as another process saved it. Nullopt if that makes no sense.
    static std::optional<LiveFollower> Restore(const time::Clock& clock, const LiveState& state,
                                               Luggage& luggage);
    void Save(LiveState& state, Luggage& luggage);

    /// The newest segments of the station.
    void Observe(std::span<const Recorded> newest);

    /// What may be sent now; size 0 for nothing.
    Extent Take();

    /// All that is recorded of this segment has been taken.
    bool Done() const { return pacer_.Done(); }

    /// That, and `newest` has later sound.
    bool WantsNext(std::span<const Recorded> newest) const;

    void Enter(Piece next);
    const catalog::Segment& current() const { return pacer_.row(); }

    /// Of the present segment.
    int file() const { return file_.get(); }

private:
    LiveFollower(LivePacer pacer, util::UniqueFd file);

    LivePacer pacer_;
    util::UniqueFd file_;
};

/// The first sound at or after `t`, over a gap if need be; where there is none, the end of what
/// there is before. Nullopt if nothing is recorded at all. Blocks.
std::optional<Piece> FindLiveStart(const catalog::Catalog& catalog, const storage::Layout& layout,
                                   std::string_view station, time::SysTime t);

/// What follows all of `current`: more of it, if the catalog has a newer row, else the next piece.
/// Nullopt if there is nothing yet, or if it is still being found out where another take goes on.
/// Blocks.
std::optional<Piece> FindLiveNext(const catalog::Catalog& catalog, const storage::Layout& layout,
                                  const catalog::Segment& current, time::SysTime now);

/// Where to begin for the present: `lead` before the end of the newest sound, but behind all that
/// is in another codec than that. Nullopt if nothing is recorded at all. Blocks.
std::optional<time::SysTime> LivePresent(const catalog::Catalog& catalog, std::string_view station,
                                         time::Micros lead, time::SysTime now);

}  // namespace aircheck::webapi
