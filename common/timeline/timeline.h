// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/catalog/rows.h"
#include "common/time/clock.h"

namespace aircheck::timeline {

/// A segment, since when its take has been recorded, and how older takes go on in that.
struct Recorded {
    catalog::Segment segment;
    time::SysTime take_start;
    std::vector<catalog::Splice> splices;
};

/// A run of sound of one segment. Samples count from the segment's first.
struct Span {
    const Recorded* row = nullptr;
    const catalog::Segment* segment = nullptr;  // the row's
    time::SysTime from;
    time::SysTime to;
    std::uint64_t from_sample = 0;
    std::uint64_t to_sample = 0;
    std::uint64_t heard = 0;  // position in the take before which all has been heard elsewhere
};

/// A time of which there is no sound.
struct Gap {
    time::SysTime from;
    time::SysTime to;
    std::string cause;                  // why the sound before it ended; "" if nobody looked
    std::vector<std::string> failures;  // why attempts to record came to nothing since

    bool operator==(const Gap&) const = default;
};

/// Where one take ends and another goes on.
struct Splice {
    time::SysTime at;
    bool exact = false;  // the frames agree; else joined by the clock
    bool final = false;  // not to be joined in another way later

    bool operator==(const Splice&) const = default;
};

/// What to play for some time, in order.
struct Timeline {
    std::vector<Span> spans;
    std::vector<Gap> gaps;
    std::vector<Splice> splices;
};

/// What is missing for less than this is no gap: frames are about 26 ms, and takes are dated to
/// some milliseconds.
inline constexpr time::Micros kSmallestGap{100'000};

/// How far around a time segments must be given for the answer not to depend on where a slice
/// begins or ends.
inline constexpr time::Micros kTimelineMargin{2'000'000};

/// The sample of the segment that was on the air at `t`, within 0 and all of its samples.
std::uint64_t SampleAt(const catalog::Segment& segment, time::SysTime t);

/// Which sound plays in [from, to). At each moment it is the oldest take that has sound of it, so
/// that a take plays to its end before a newer one goes on, and the choice never depends on
/// `from` and `to`: slices that adjoin tile. Segments that follow in a take join by themselves;
/// takes where their splice says, to the frame, and by the clock where there is none.
/// `recorded` must outlive the answer, which points into it.
Timeline MakeTimeline(std::span<const Recorded> recorded, time::SysTime from, time::SysTime to);

}  // namespace aircheck::timeline
