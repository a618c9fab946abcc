// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/time/clock.h"
#include "webapi/tape/tape_levels.h"

namespace aircheck::webapi {

/// A stretch of a station's time for drawing it: what is shorter than `step` is not told apart.
struct TapeRun {
    time::SysTime from;
    time::SysTime to;
    bool remote = false;  // stored elsewhere, not on this disk
};

struct TapeGap {
    time::SysTime from;
    time::SysTime to;
    time::Micros missing{};  // of that time, in so many holes
    std::size_t holes = 1;
    std::string cause;  // of the longest of them
    time::Micros longest{};
};

struct TapeSplice {
    time::SysTime at;
    bool exact = false;
};

struct Tape {
    std::string station;
    time::SysTime from;
    time::SysTime to;
    time::Micros step{};
    std::vector<TapeRun> stored;   // where there are files, however they are joined
    std::vector<TapeGap> gaps;     // all else of [from, to)
    std::vector<TapeRun> doubled;  // by more than one take, for a step or longer
    std::vector<TapeSplice> splices;
    TapeLevels levels;  // none unless they were begun
};

/// Splices beyond these are left out: nobody can tell so many apart.
inline constexpr std::size_t kMostTapeSplices = 1000;

/// Adds [from, to) of the station, which follows what is there. Throws SqliteError.
void AddToTape(const catalog::Catalog& catalog, Tape& tape, time::SysTime from, time::SysTime to);

/// Times are Unix s, durations s.
boost::json::object TapeFields(const Tape& tape);

}  // namespace aircheck::webapi
