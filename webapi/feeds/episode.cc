// SPDX-License-Identifier: MIT
#include "webapi/feeds/episode.h"

#include <algorithm>
#include <utility>
#include <variant>

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

std::optional<EpisodePlan> PlanEpisode(const catalog::Catalog& catalog, const Places& places,
                                       std::string_view station, const Airing& airing,
                                       time::SysTime now) {
    Episode episode{.airing = airing};
    auto built = BuildSlice(&catalog, places, station, episode.from(), episode.to(), now);
    auto* slice = std::get_if<Slice>(&built);
    if (slice == nullptr || !slice->complete) return std::nullopt;
    for (const Gap& gap : slice->gaps) episode.missing += gap.to - gap.from;
    if (!slice->gaps.empty() && now - episode.to() < kGapPatience) return std::nullopt;
    episode.has_titles = !catalog.TitlesBetween(station, slice->from(), slice->to()).empty();
    return EpisodePlan{episode, std::move(*slice)};
}

std::optional<Episode> MeasureEpisode(EpisodePlan plan) {
    const Slice& slice = plan.slice;
    if (slice.pieces.empty()) return std::nullopt;
    plan.episode.bytes = slice.size();
    plan.episode.duration = slice.duration();
    plan.episode.codec = slice.pieces.front().segment.format.codec;
    plan.episode.bitrate = BitrateOf(slice);
    return plan.episode;
}

}  // namespace aircheck::webapi
