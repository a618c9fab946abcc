// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/time/clock.h"
#include "common/time/zone.h"
#include "webapi/feeds/weekdays.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

/// A programme that comes on the same weekdays at the same time.
struct Show {
    std::string name;
    Weekdays weekdays;  // on which it begins
    time::Micros clock{};
    time::Micros duration{};
    time::Zone zone;

    /// "Mondays and Fridays from 14:00, 60 min"
    std::string Times() const;
};

/// One time that a show was on the air, as announced.
struct Airing {
    time::SysTime from;
    time::SysTime to;

    bool operator==(const Airing&) const = default;
};

/// Before and after an airing: clocks differ, and shows run over.
inline constexpr time::Micros kAiringMargin{120'000'000};

/// `start` is a clock's reading such as 2pm or 14:30, in `zone` or, with a Z at the end, in UTC;
/// `duration` at most a day. `name` as in a path: "_" stands for a space.
std::variant<Show, SpokenError> ParseShow(Weekdays weekdays, std::string_view start,
                                          std::string_view duration, std::string_view name,
                                          const time::Zone& zone);

/// Airings that begin within [from, to], the latest first, at most `limit`. Daylight saving does
/// not move a show: it begins when the clock says so, as ParseSpokenTime understands that, and
/// lasts as long as ever.
std::vector<Airing> AiringsBetween(const Show& show, time::SysTime from, time::SysTime to,
                                   std::size_t limit);

}  // namespace aircheck::webapi
