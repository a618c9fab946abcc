// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

#include "common/catalog/rows.h"
#include "common/time/clock.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

/// How much a live listener's player gets ahead, so that the network may hesitate.
inline constexpr time::Micros kLiveLead{10'000'000};

/// Decides how much of the present segment a live listener may get by now: the lead at once, then
/// at broadcast speed, never past what the catalog vouches for. Bytes are taken to be spread
/// evenly over a segment: off by what VBR varies, but right again at each segment's end.
class LivePacer {
public:
    LivePacer(const time::Clock& clock, time::Micros lead);

    /// Goes on as another process saved it; `row` as in there. Its clock is the same: that of the
    /// machine.
    LivePacer(const time::Clock& clock, const LiveState& state, catalog::Segment row);
    void Save(LiveState& state) const;

    /// Goes on with `row`, from `byte`.
    void Enter(const catalog::Segment& row, std::uint64_t byte);

    /// A newer row of the same segment.
    void Refresh(const catalog::Segment& row);

    /// How many bytes from `position` on may be sent now.
    std::uint64_t Allowed() const;

    /// So many of them, if that are not more than `most`. They count as sent then.
    std::uint64_t Take(std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

    /// How much of the sound that he may have by now has not been taken.
    time::Micros Behind() const;

    /// There is no more for now, through no fault of his: he has no claim to more than the lead.
    void Forgive();

    /// He goes without so much of the sound.
    void Skip(time::Micros sound) { sent_before_ += static_cast<double>(sound.count()); }

    const catalog::Segment& row() const { return row_; }
    std::uint64_t position() const { return position_; }

    /// All that is recorded of the segment has been taken.
    bool Done() const { return position_ >= row_.bytes; }

private:
    using Sound = std::chrono::duration<double, std::micro>;

    double BytesPerMicro() const;
    Sound Due() const;   // since the begin
    Sound Sent() const;  // likewise

    const time::Clock& clock_;
    time::Micros lead_;
    time::SteadyTime begin_;
    double sent_before_ = 0;  // microseconds of sound, in the segments before
    catalog::Segment row_;
    std::uint64_t entered_ = 0;
    std::uint64_t position_ = 0;
};

}  // namespace aircheck::webapi
