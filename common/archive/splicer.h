// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/audio/splice.h"
#include "common/catalog/rows.h"
#include "common/time/clock.h"

namespace aircheck::archive {

/// What is known of a take for finding its sound in another one.
struct KnownTake {
    std::string id;
    time::SysTime connected;                // which tells which one is older
    time::SysTime start;                    // of its sound, on the air
    time::SysTime end;                      // so far
    std::optional<time::SteadyTime> began;  // where this process records or recorded it
    std::uint32_t sample_rate = 0;          // at its end
    audio::MarkRun head;                    // its first minute, if the rate never changed
    audio::MarkRun tail;                    // its last minute so far, since the rate last changed

    time::Micros Media() const { return end - start; }
};

/// How the ends of two takes overlap.
struct TakeMatch {
    audio::Alignment at;
    bool whole = false;  // the newer one has got as far as the older one's end
    bool sure = false;   // neither could the sound be another turn of a loop nor silence
};

/// Compares the marks. Where sound repeats, the clock decides, if it is good enough for that.
std::optional<TakeMatch> CompareTakes(const KnownTake& older, const KnownTake& newer);

/// Finds, for each take of one station that has ended, where it goes on: in this process's takes
/// or in one that ended later. Where the overlap agrees nowhere (another broadcast, advertisements
/// for each listener, no overlap at all) there is nothing but the clock to go by. Pure; lives on
/// the loop's thread.
class Splicer {
public:
    /// A take has ended, here or in another process. False for one that is known: it is passed
    /// over.
    bool Ended(KnownTake take, time::SteadyTime now);

    /// Whether there is anything to look for.
    bool Pending() const;

    /// The splices that can be told now. `living`: takes with frames that this process records.
    std::vector<catalog::Splice> Resolve(const std::vector<KnownTake>& living,
                                         time::SteadyTime now);

private:
    struct Entry {
        KnownTake take;
        time::SteadyTime told;
        bool resolved = false;             // and kept for what came before it
        std::set<std::string> goes_on_in;  // takes, as told
    };
    std::vector<Entry> entries_;  // the oldest take first
};

}  // namespace aircheck::archive
