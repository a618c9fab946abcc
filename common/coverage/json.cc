// SPDX-License-Identifier: MIT
#include "common/coverage/json.h"

#include <boost/json/array.hpp>

#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "common/coverage/text.h"
#include "common/log/log.h"
#include "common/time/timestamp.h"

namespace aircheck::coverage {

namespace json = boost::json;

namespace {

/// To the millisecond, so that it stays readable.
double Seconds(time::Micros duration) {
    return std::round(std::chrono::duration<double, std::milli>(duration).count()) / 1000;
}

void AddSums(json::object& object, const Sums& sums) {
    object["percent"] = std::floor(sums.Percent() * 1000) / 1000;
    object["recorded"] = Seconds(sums.recorded);
    object["doubled"] = Seconds(sums.doubled);
    object["cloud"] = Seconds(sums.cloud);
    object["missing"] = Seconds(sums.missing);
}

json::object Describe(const Cell& cell) {
    json::object object{{"time", fmt::format("{:02}:{:02}", cell.column / 2, cell.column % 2 * 30)},
                        {"start", time::FormatIso(cell.from)},
                        {"end", time::FormatIso(cell.to)}};
    AddSums(object, cell.sums);
    if (!cell.cause.empty()) object["cause"] = cell.cause;
    return object;
}

json::object Describe(const Coverage& coverage, const Day& day) {
    json::object object{{"date", LocalTimeText(coverage, day.from).substr(0, 10)},
                        {"start", time::FormatIso(day.from)},
                        {"end", time::FormatIso(day.to)}};
    AddSums(object, day.sums);
    json::array cells;
    for (const Cell& cell : day.cells) cells.push_back(Describe(cell));
    object["cells"] = std::move(cells);
    return object;
}

json::object Describe(const Hole& hole) {
    json::object object{{"start", time::FormatIso(hole.from)},
                        {"end", time::FormatIso(hole.to)},
                        {"seconds", Seconds(hole.to - hole.from)},
                        {"cause", hole.cause},
                        {"attempts", hole.attempts}};
    if (hole.attempts > 0) object["last-failure"] = hole.last_failure;
    return object;
}

}  // namespace

json::object Json(const Coverage& coverage) {
    json::object object{{"station", coverage.station},
                        {"timezone", coverage.zone.Name()},
                        {"start", time::FormatIso(coverage.from)},
                        {"end", time::FormatIso(coverage.to)}};
    AddSums(object, coverage.sums);
    object["splices"] =
        json::object{{"exact", coverage.exact_splices}, {"butt", coverage.butt_splices}};
    object["reading-files"] = coverage.unknown_files;
    json::array days;
    for (const Day& day : coverage.days) days.push_back(Describe(coverage, day));
    object["days"] = std::move(days);
    json::array holes;
    for (const Hole& hole : coverage.holes) holes.push_back(Describe(hole));
    object["holes"] = std::move(holes);
    return object;
}

}  // namespace aircheck::coverage
