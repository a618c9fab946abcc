// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/time/clock.h"
#include "common/time/zone.h"
#include "common/timeline/losses.h"

namespace aircheck::coverage {

/// How much of some time there is.
struct Sums {
    time::Micros recorded{};
    time::Micros doubled{};  // of that, by more than one take
    time::Micros missing{};
    time::Micros cloud{};  // of what is recorded, in the cloud and not here

    time::Micros total() const { return recorded + missing; }
    double Percent() const;  // recorded; 100 of nothing
    Sums& operator+=(const Sums& other);

    bool operator==(const Sums&) const = default;
};

/// A time of which there is no sound.
struct Hole {
    time::SysTime from;
    time::SysTime to;
    std::string cause;         // why the sound before it ended, in the catalog's words
    std::size_t attempts = 0;  // to record that came to nothing
    std::string last_failure;  // why the last of them did; "" if there was none

    bool operator==(const Hole&) const = default;
};

/// Half an hour of a station's clock, or what was asked for of it.
struct Cell {
    time::SysTime from;
    time::SysTime to;
    int column = 0;  // half hours since midnight, as the clock reads: twice the same in autumn
    Sums sums;
    std::string cause;  // of the longest hole in it; "" where nothing is missing
};

/// Half hours of a day, as the clock reads.
inline constexpr int kColumns = 48;

/// A day of the station's zone: it may have 23 or 25 hours.
struct Day {
    time::SysTime from;  // what was asked for of it
    time::SysTime to;
    std::vector<Cell> cells;
    Sums sums;
};

struct Coverage {
    std::string station;
    time::Zone zone;
    time::SysTime from;
    time::SysTime to;
    std::vector<Day> days;
    std::vector<Hole> holes;  // by time
    Sums sums;
    std::size_t exact_splices = 0;
    std::size_t butt_splices = 0;
    bool unknown_files = false;  // recordings are being read anew: a hole may be none
};

/// No more than this is asked for at once.
inline constexpr time::Micros kLongest = std::chrono::hours(366 * 24);

/// The time of a station that is told of unless another one is asked for: two weeks up to now, as
/// far as there is any recording; empty if there is none.
struct Window {
    time::SysTime from;
    time::SysTime to;
};
Window DefaultWindow(const catalog::Catalog& catalog, std::string_view station,
                     const time::Zone& zone, time::SysTime now);

/// Until when a station's sound can be in the catalog: a recorder tells of it a little late.
time::SysTime ToldUntil(const catalog::Catalog& catalog, std::string_view station,
                        time::SysTime now);

/// The days and cells of [from, to), with nothing known of them. Not longer than kLongest.
Coverage Plan(std::string station, const time::Zone& zone, time::SysTime from, time::SysTime to);

/// Fills in the next day: each of them once, in order. Apart from one another, so that others have
/// their turn with the catalog between. `loss_of` says what is known to be lost. Throws
/// SqliteError.
void Survey(const catalog::Catalog& catalog, Coverage& coverage, std::size_t day,
            const timeline::LossOf& loss_of = {});

}  // namespace aircheck::coverage
