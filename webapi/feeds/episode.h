// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audio/codec.h"
#include "common/catalog/catalog.h"
#include "common/time/clock.h"
#include "webapi/feeds/show.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {

/// A recorded airing, with its margin. What its slice answers does not change any more.
struct Episode {
    Airing airing;
    std::uint64_t bytes = 0;
    time::Micros duration{};  // of the sound
    time::Micros missing{};
    audio::Codec codec = audio::Codec::kMpeg;
    int bitrate = 0;  // kbit/s
    bool has_titles = false;

    time::SysTime from() const { return airing.from - kAiringMargin; }
    time::SysTime to() const { return airing.to + kAiringMargin; }

    /// Of its slice, in UTC: the same for ever.
    std::string SliceName(std::string_view callsign, std::string_view extension) const;
};

/// Sound that the disk would not take is held in memory for minutes: so long a gap may still close.
inline constexpr time::Micros kGapPatience{900'000'000};

/// Airings of which there can be recordings, the latest first: those over by now (the margin, too)
/// that are neither older than anything recorded nor about to be deleted, which is what happens to
/// sound from before `keep_from`.
std::vector<Airing> RecordableAirings(const catalog::Catalog& catalog, std::string_view station,
                                      const Show& show, time::SysTime keep_from, time::SysTime now);

/// An episode and what it consists of.
struct EpisodePlan {
    Episode episode;  // but for what is measured
    Slice slice;
};

/// Nullopt if nothing of it is recorded, or if more may be to come. What is in the cloud is still
/// to be settled. Blocks; throws as BuildSlice.
std::optional<EpisodePlan> PlanEpisode(const catalog::Catalog& catalog, const Places& places,
                                       std::string_view station, const Airing& airing,
                                       time::SysTime now);

/// Once that is settled: nullopt if it turned out to be nothing.
std::optional<Episode> MeasureEpisode(EpisodePlan plan);

}  // namespace aircheck::webapi
