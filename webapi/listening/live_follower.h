// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "webapi/http/http.h"
#include "webapi/listening/live_pacer.h"
#include "webapi/listening/live_search.h"
#include "webapi/takeover/luggage.h"

namespace aircheck::webapi {

/// The air time of a segment's byte: as if all were spread evenly.
time::SysTime TimeOfByte(const catalog::Segment& segment, std::uint64_t byte);

/// A place in the recording to go on from.
struct LiveStep {
    catalog::Segment segment;
    std::uint64_t byte = 0;
    SharedFile file;  // nullptr if it is only a newer row of the present segment, or
    std::shared_ptr<CloudSegment> cloud;  // what is in the cloud
    time::Micros lost{};                  // what has been removed before he came to hear it
    time::SysTime at{};                   // when it was on the air
};

LiveStep StepTo(LiveNext next);

/// Where a listener is in the growing recording, and where to go next: from segment to segment
/// and from take to take as the timeline says, over gaps, never back. Pure but for the file that
/// it holds open.
class LiveFollower {
public:
    /// How far others may be ahead of an open segment before it counts as stalled. Less than the
    /// lead, so that a listener hears nothing of it.
    static constexpr time::Micros kStallPatience{4'000'000};

    LiveFollower(const time::Clock& clock, time::Micros lead, LiveStep first);

    /// Goes on as another process saved it: in `file`, or in `cloud`. Nullopt if that makes no
    /// sense.
    static std::optional<LiveFollower> Restore(const time::Clock& clock, const LiveState& state,
                                               SharedFile file,
                                               std::shared_ptr<CloudSegment> cloud);
    /// False, with nothing changed, if there is no descriptor left for it.
    bool Save(LiveState& state, Luggage& luggage) const;

    /// The newest segments of the station.
    void Observe(std::span<const Recorded> newest);

    /// How many bytes may be sent now, from where on.
    std::uint64_t Allowed() const { return pacer_.Allowed(); }
    std::uint64_t position() const { return pacer_.position(); }

    /// What may be sent now, at most `most` bytes of it; size 0 for nothing.
    Extent Take(std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

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

    /// Of the present segment, with all that has been taken; -1 if that is nothing.
    int file() const;

    /// Of the present segment; nullptr if it is here.
    const std::shared_ptr<CloudSegment>& cloud() const { return cloud_; }

private:
    LiveFollower(LivePacer pacer, SharedFile file, std::shared_ptr<CloudSegment> cloud);

    LivePacer pacer_;
    SharedFile file_;  // with `cloud_`: another process's, of what that took
    std::shared_ptr<CloudSegment> cloud_;
};

}  // namespace aircheck::webapi
