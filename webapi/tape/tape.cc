// SPDX-License-Identifier: MIT
#include "webapi/tape/tape.h"

#include <boost/json/array.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <utility>

#include "common/coverage/doubled.h"
#include "common/timeline/gap_cause.h"
#include "common/timeline/recorded.h"
#include "common/timeline/timeline.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

/// To the millisecond.
double Unix(time::SysTime t) {
    return std::round(time::ToUnixSeconds(t) * 1000) / 1000;
}

double Seconds(time::Micros duration) {
    return std::round(std::chrono::duration<double, std::milli>(duration).count()) / 1000;
}

/// Joined to the one before where no step is between. Runs come by their beginnings.
void AddRun(std::vector<TapeRun>& runs, TapeRun run, time::Micros step) {
    if (run.from >= run.to) return;
    if (!runs.empty() && runs.back().remote == run.remote && run.from <= runs.back().to + step) {
        runs.back().to = std::max(runs.back().to, run.to);
    } else {
        runs.push_back(run);
    }
}

void AddGap(std::vector<TapeGap>& gaps, TapeGap gap, time::Micros step) {
    const auto differ = [&](const TapeGap& before) {
        return gap.cause != before.cause && gap.longest >= step && before.longest >= step;
    };
    if (gaps.empty() || gap.from > gaps.back().to + step || differ(gaps.back())) {
        gaps.push_back(std::move(gap));
        return;
    }
    TapeGap& before = gaps.back();
    // One that goes on, from day to day, is no other hole.
    if (gap.from > before.to) before.holes += gap.holes;
    before.to = gap.to;
    before.missing += gap.missing;
    if (gap.longest > before.longest) {
        before.longest = gap.longest;
        before.cause = std::move(gap.cause);
    }
}

json::array Describe(const std::vector<TapeRun>& runs, bool places) {
    json::array array;
    for (const TapeRun& run : runs) {
        json::array entry{Unix(run.from), Unix(run.to)};
        if (places) entry.push_back(run.remote ? "cloud" : "disk");
        array.push_back(std::move(entry));
    }
    return array;
}

}  // namespace

void AddToTape(const catalog::Catalog& catalog, Tape& tape, time::SysTime from, time::SysTime to) {
    const auto recorded = timeline::LoadRecorded(catalog, tape.station, from, to);
    for (const timeline::Recorded& row : recorded) {
        const bool remote = row.segment.state == catalog::SegmentState::kUploaded;
        AddRun(tape.stored,
               {std::max(row.segment.start, from), std::min(row.segment.end, to), remote},
               tape.step);
    }
    for (const coverage::Stretch& stretch : coverage::Doubled(recorded)) {
        const TapeRun run{std::max(stretch.from, from), std::min(stretch.to, to)};
        // Joined, the overlaps of takes would look as if all were doubled.
        if (run.to - run.from >= tape.step) AddRun(tape.doubled, run, time::Micros{});
    }
    for (const timeline::Recorded& row : recorded) tape.levels.Add(catalog, row.segment, from, to);
    timeline::Timeline made = timeline::MakeTimeline(recorded, from, to);
    for (timeline::Gap& gap : timeline::Explain(catalog, tape.station, std::move(made.gaps))) {
        const time::Micros missing = gap.to - gap.from;
        AddGap(tape.gaps, {gap.from, gap.to, missing, 1, std::move(gap.cause), missing}, tape.step);
    }
    for (const timeline::Splice& splice : made.splices) {
        if (tape.splices.size() < kMostTapeSplices)
            tape.splices.push_back({splice.at, splice.exact});
    }
}

json::object TapeFields(const Tape& tape) {
    json::array gaps;
    for (const TapeGap& gap : tape.gaps) {
        gaps.push_back(json::object{{"from", Unix(gap.from)},
                                    {"to", Unix(gap.to)},
                                    {"missing", Seconds(gap.missing)},
                                    {"holes", gap.holes},
                                    {"cause", gap.cause}});
    }
    json::array splices;
    for (const TapeSplice& splice : tape.splices)
        splices.push_back(json::array{Unix(splice.at), splice.exact});
    return {{"station", tape.station},
            {"from", Unix(tape.from)},
            {"to", Unix(tape.to)},
            {"step", Seconds(tape.step)},
            {"stored", Describe(tape.stored, true)},
            {"gaps", std::move(gaps)},
            {"doubled", Describe(tape.doubled, false)},
            {"splices", std::move(splices)},
            {"loudness", tape.levels.Fields()}};
}

}  // namespace aircheck::webapi
