// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "common/util/unique_fd.h"
#include "webapi/http/http.h"
#include "webapi/listening/live_pacer.h"
#include "webapi/listening/slice.h"
#include "webapi/takeover/luggage.h"

namespace aircheck::webapi {

/// The air time of a segment's byte: as if all were spread evenly.
time::SysTime TimeOfByte(const catalog::Segment& segment, std::uint64_t byte);

/// A segment's file, open for all who listen to it.
using SharedFile = std::shared_ptr<const util::UniqueFd>;

/// A place in the recording to go on from.
struct LiveStep {
    catalog::Segment segment;
    std::uint64_t byte = 0;
    SharedFile file;      // nullptr if it is only a newer row of the present segment
    time::Micros lost{};  // what has been removed before he came to hear it
    time::SysTime at{};   // when it was on the air
};

/// Where a listener is in the growing recording, and where to go next: from segment to segment
/// and from take to take as the timeline says, over gaps, never back. Pure but for the file that
/// it holds open.
class LiveFollower {
public:
    /// How far others may be ahead of an open segment before it counts as stalled. Less than the
    /// lead, so that a listener hears nothing of it.
    static constexpr time::Micros kStallPatience{4'000'000};

    LiveFollower(const time::Clock& clock, time::Micros lead, LiveStep first);

    /// Goes on in `file` as another process saved it. Nullopt if that makes no sense.
    static std::optional<LiveFollower> Restore(const time::Clock& clock, const LiveState& state,
                                               SharedFile file);
    /// False, with nothing changed, if there is no descriptor left for it.
    bool Save(LiveState& state, Luggage& luggage) const;

    /// The newest segments of the station.
    void Observe(std::span<const Recorded> newest);

    /// What may be sent now; size 0 for nothing.
    Extent Take();

    /// All that is recorded of this segment has been taken.
    bool Done() const { return pacer_.Done(); }

    /// That, and `newest` has later sound.
    bool WantsNext(std::span<const Recorded> newest) const;

    void Enter(LiveStep next);

    /// How much of the sound that he may have by now he has not come to take.
    time::Micros Behind() const { return pacer_.Behind(); }

    /// There is no more for now.
    void Wait() { pacer_.Forgive(); }

    /// On the air when the next byte was.
    time::SysTime at() const { return TimeOfByte(current(), pacer_.position()); }

    /// Goes on at `to`, without so much of the sound.
    void Skip(LiveStep to, time::Micros sound);

    const catalog::Segment& current() const { return pacer_.row(); }

    /// Of the present segment.
    int file() const { return file_->get(); }

private:
    LiveFollower(LivePacer pacer, SharedFile file);

    LivePacer pacer_;
    SharedFile file_;
};

}  // namespace aircheck::webapi
