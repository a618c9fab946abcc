// SPDX-License-Identifier: MIT
#include "common/coverage/coverage.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <span>
#include <utility>

#include "common/archive/reindex.h"
#include "common/coverage/doubled.h"
#include "common/timeline/gap_cause.h"
#include "common/timeline/recorded.h"
#include "common/timeline/timeline.h"

namespace aircheck::coverage {

namespace {

using timeline::Gap;

constexpr std::chrono::minutes kCell{30};
constexpr int kDefaultDays = 14;

/// An open segment that ends so long ago, or less, is still being recorded.
constexpr time::Micros kGrowing = std::chrono::minutes(1);

/// The midnight that begins the day so many days after the one of `t`.
time::SysTime Midnight(const time::Zone& zone, time::SysTime t, int days_after) {
    const time::LocalTime local = zone.ToLocal(t);
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::year{local.year} / static_cast<int>(local.month) /
                              static_cast<int>(local.day)} +
        std::chrono::days{days_after}};
    time::LocalTime midnight;
    midnight.year = static_cast<int>(date.year());
    midnight.month = static_cast<unsigned>(date.month());
    midnight.day = static_cast<unsigned>(date.day());
    return zone.ToSys(midnight).value_or(t + std::chrono::days{days_after});
}

Day PlanDay(const time::Zone& zone, time::SysTime midnight, time::SysTime next, time::SysTime from,
            time::SysTime to) {
    Day day{std::max(midnight, from), std::min(next, to), {}, {}};
    for (time::SysTime t = midnight; t < next; t += kCell) {
        Cell cell{std::max(t, day.from), std::min({t + kCell, next, day.to}), 0, {}, ""};
        if (cell.from >= cell.to) continue;
        cell.column = static_cast<int>(zone.ToLocal(t).time_of_day / kCell);
        day.cells.push_back(std::move(cell));
    }
    return day;
}

/// Calls `add(cell, duration)` for each cell that the stretch has a part of.
template <typename Add>
void Spread(Day& day, time::SysTime from, time::SysTime to, Add add) {
    auto cell = std::upper_bound(day.cells.begin(), day.cells.end(), from,
                                 [](time::SysTime t, const Cell& c) { return t < c.to; });
    for (; cell != day.cells.end() && cell->from < to; ++cell)
        add(*cell, std::min(cell->to, to) - std::max(cell->from, from));
}

/// Joined to the one before where that reaches up to it, as at midnight.
void AddHole(std::vector<Hole>& holes, Gap gap) {
    Hole hole{gap.from, gap.to, std::move(gap.cause), gap.failures.size(),
              gap.failures.empty() ? "" : std::move(gap.failures.back())};
    if (holes.empty() || holes.back().to != hole.from || holes.back().cause != hole.cause) {
        holes.push_back(std::move(hole));
        return;
    }
    Hole& before = holes.back();
    before.to = hole.to;
    before.attempts += hole.attempts;
    if (!hole.last_failure.empty()) before.last_failure = std::move(hole.last_failure);
}

void AddGaps(const catalog::Catalog& catalog, Coverage& coverage, Day& day, std::vector<Gap> gaps) {
    std::map<const Cell*, time::Micros> longest;
    for (Gap& gap : timeline::Explain(catalog, coverage.station, std::move(gaps))) {
        Spread(day, gap.from, gap.to, [&](Cell& cell, time::Micros part) {
            cell.sums.missing += part;
            if (part <= longest[&cell]) return;
            longest[&cell] = part;
            cell.cause = gap.cause;
        });
        AddHole(coverage.holes, std::move(gap));
    }
}

}  // namespace

double Sums::Percent() const {
    if (total() == time::Micros{}) return 100;
    return 100 * static_cast<double>(recorded.count()) / static_cast<double>(total().count());
}

Sums& Sums::operator+=(const Sums& other) {
    recorded += other.recorded;
    doubled += other.doubled;
    cloud += other.cloud;
    missing += other.missing;
    return *this;
}

time::SysTime ToldUntil(const catalog::Catalog& catalog, std::string_view station,
                        time::SysTime now) {
    time::SysTime newest{};
    for (const catalog::Segment& segment : catalog.OpenSegments(station))
        newest = std::max(newest, segment.end);
    return newest <= now && newest + kGrowing > now ? newest : now;
}

Window DefaultWindow(const catalog::Catalog& catalog, std::string_view station,
                     const time::Zone& zone, time::SysTime now) {
    Window window{Midnight(zone, now, 1 - kDefaultDays), now};
    const auto first = catalog.SegmentAfter(station, time::SysTime{});
    window.from = first ? std::clamp(first->start, window.from, now) : now;
    return window;
}

Coverage Plan(std::string station, const time::Zone& zone, time::SysTime from, time::SysTime to) {
    Coverage coverage{std::move(station), zone, from, to, {}, {}, {}, 0, 0, false};
    time::SysTime midnight = Midnight(zone, from, 0);
    while (midnight < to) {
        const time::SysTime next = Midnight(zone, midnight, 1);
        if (next <= midnight) break;
        Day day = PlanDay(zone, midnight, next, from, to);
        if (!day.cells.empty()) coverage.days.push_back(std::move(day));
        midnight = next;
    }
    return coverage;
}

void Survey(const catalog::Catalog& catalog, Coverage& coverage, std::size_t number,
            const timeline::LossOf& loss_of) {
    Day& day = coverage.days.at(number);
    if (number == 0)
        coverage.unknown_files = catalog.Value(archive::UnknownKey(coverage.station)).has_value();
    auto recorded = timeline::LoadRecorded(catalog, coverage.station, day.from, day.to);
    const auto losses = timeline::TakeLosses(recorded, loss_of);
    timeline::Timeline made = timeline::MakeTimeline(recorded, day.from, day.to);
    for (const timeline::Splice& splice : made.splices)
        ++(splice.exact ? coverage.exact_splices : coverage.butt_splices);
    timeline::NameLosses(made.gaps, losses);
    AddGaps(catalog, coverage, day, std::move(made.gaps));
    for (const timeline::Span& span : made.spans)
        if (span.segment->state == catalog::SegmentState::kUploaded)
            Spread(day, span.from, span.to,
                   [](Cell& cell, time::Micros part) { cell.sums.cloud += part; });
    for (const Stretch& stretch : Doubled(recorded))
        Spread(day, stretch.from, stretch.to,
               [](Cell& cell, time::Micros part) { cell.sums.doubled += part; });
    for (Cell& cell : day.cells) {
        cell.sums.recorded = cell.to - cell.from - cell.sums.missing;
        day.sums += cell.sums;
    }
    coverage.sums += day.sums;
}

}  // namespace aircheck::coverage
