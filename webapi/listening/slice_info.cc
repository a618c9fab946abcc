// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_info.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "webapi/http/json_text.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

double Seconds(time::Micros duration) {
    return std::chrono::duration<double>(duration).count();
}

json::object Describe(const Piece& piece) {
    return {{"file", piece.segment.path},
            {"take", piece.segment.take},
            {"sequence", piece.segment.sequence},
            {"open", piece.segment.state == catalog::SegmentState::kOpen},
            {"storage", piece.in_cloud ? "cloud" : "disk"},
            {"start", time::FormatIso(piece.from())},
            {"end", time::FormatIso(piece.to())},
            {"first-byte", piece.begin.byte},
            {"end-byte", piece.end.byte}};
}

}  // namespace

std::string GapsHeader(const std::vector<Gap>& gaps) {
    time::Micros sum{};
    for (const Gap& gap : gaps) sum += gap.to - gap.from;
    return fmt::format("{}; {:.1f}s", gaps.size(), Seconds(sum));
}

int BitrateOf(const Slice& slice) {
    const double seconds = Seconds(slice.duration());
    if (seconds <= 0) return 0;
    return static_cast<int>(std::lround(static_cast<double>(slice.size()) * 8 / 1000 / seconds));
}

std::string SliceInfo(const Slice& slice) {
    const catalog::Segment& first = slice.pieces.front().segment;
    json::array pieces;
    for (const Piece& piece : slice.pieces) pieces.push_back(Describe(piece));
    json::array gaps;
    for (const Gap& gap : slice.gaps) {
        gaps.push_back(
            json::object{{"start", time::FormatIso(gap.from)},
                         {"end", time::FormatIso(gap.to)},
                         {"seconds", Seconds(gap.to - gap.from)},
                         {"cause", gap.cause},
                         {"failures", json::array(gap.failures.begin(), gap.failures.end())}});
    }
    json::array splices;
    for (const Splice& splice : slice.splices) {
        splices.push_back(
            json::object{{"at", time::FormatIso(splice.at)}, {"exact", splice.exact}});
    }
    return JsonText(json::object{{"station", first.station},
                                 {"start", time::FormatIso(slice.from())},
                                 {"end", time::FormatIso(slice.to())},
                                 {"seconds", Seconds(slice.duration())},
                                 {"complete", slice.complete},
                                 {"size", slice.size()},
                                 {"bitrate", BitrateOf(slice)},
                                 {"codec", audio::Name(first.format.codec)},
                                 {"content-type", audio::ContentType(first.format.codec)},
                                 {"sample-rate", first.format.sample_rate},
                                 {"channels", first.format.channels},
                                 {"pieces", std::move(pieces)},
                                 {"gaps", std::move(gaps)},
                                 {"splices", std::move(splices)}});
}

}  // namespace aircheck::webapi
