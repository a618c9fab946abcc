// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/time/clock.h"

namespace aircheck::webapi {

/// How loud a station's sound is, in even steps of a span of time.
class TapeLevels {
public:
    /// None.
    TapeLevels() = default;

    /// For [from, to) in steps of `step`, but of a tenth of a second at least.
    TapeLevels(time::SysTime from, time::SysTime to, time::Micros step);

    /// Adds what is known of the segment between `from` and `to`. Reads ten seconds at a time where
    /// a step is no shorter than that, else tenths of a second. Throws SqliteError.
    void Add(const catalog::Catalog& catalog, const catalog::Segment& segment, time::SysTime from,
             time::SysTime to);

    /// The step in seconds, and of each step the loudest tenth of a second and the mean power, in
    /// dBFS; null where nothing is known.
    boost::json::object Fields() const;

private:
    struct Step {
        audio::Level loudest = audio::kUnknownLevel;
        double power = 0;
        double count = 0;  // of what is in the power; takes that overlap have the same sound
    };

    void Add(time::SysTime at, const catalog::LevelOutline& outline);

    time::SysTime begin_;
    time::Micros step_{};
    std::vector<Step> steps_;
};

}  // namespace aircheck::webapi
