// SPDX-License-Identifier: MIT
#include "webapi/feeds/episode.h"

#include <algorithm>
#include <variant>

#include "webapi/listening/slice.h"
#include "webapi/listening/slice_info.h"
#include "webapi/listening/slice_name.h"

namespace aircheck::webapi {

namespace {

/// A show that is not recorded any more leaves at most so many look-ups in vain.
constexpr std::size_t kMaxAirings = 800;

}  // namespace

std::string Episode::SliceName(std::string_view callsign, std::string_view extension) const {
    return FormatUtcSliceName(callsign, from(), to(), extension);
}

std::vector<Airing> RecordableAirings(const catalog::Catalog& catalog, std::string_view station,
                                      const Show& show, time::SysTime keep_from,
                                      time::SysTime now) {
    const auto first = catalog.SegmentAfter(station, time::SysTime{});
    if (!first) return {};
    const time::SysTime recorded_from = first->start - show.duration - kAiringMargin;
    return AiringsBetween(show, std::max(keep_from + kAiringMargin, recorded_from),
                          now - show.duration - kAiringMargin, kMaxAirings);
}

std::optional<Episode> LoadEpisode(const catalog::Catalog& catalog, const storage::Layout& layout,
                                   std::string_view station, const Airing& airing,
                                   time::SysTime now) {
    Episode episode{.airing = airing};
    const auto built = BuildSlice(&catalog, layout, station, episode.from(), episode.to(), now);
    const auto* slice = std::get_if<Slice>(&built);
    if (slice == nullptr || !slice->complete) return std::nullopt;
    for (const Gap& gap : slice->gaps) episode.missing += gap.to - gap.from;
    if (!slice->gaps.empty() && now - episode.to() < kGapPatience) return std::nullopt;
    episode.bytes = slice->size();
    episode.duration = slice->duration();
    episode.codec = slice->pieces.front().segment.format.codec;
    episode.bitrate = BitrateOf(*slice);
    episode.has_titles = !catalog.TitlesBetween(station, slice->from(), slice->to()).empty();
    return episode;
}

}  // namespace aircheck::webapi
