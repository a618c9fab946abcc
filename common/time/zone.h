// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"

namespace date {
class time_zone;
}

namespace aircheck::time {

/// A wall-clock reading in some zone, as people say it.
struct LocalTime {
    int year = 1970;
    unsigned month = 1;    // 1 to 12
    unsigned day = 1;      // 1 to 31
    unsigned weekday = 4;  // 0 is Sunday; filled by ToLocal, ignored by ToSys
    Micros time_of_day{};

    bool operator==(const LocalTime&) const = default;
};

/// An IANA time zone. A cheap value: copies refer to the process-wide database of zones.
class Zone {
public:
    /// UTC.
    Zone();

    /// Nullopt where the database has no such zone.
    static std::optional<Zone> Find(std::string_view name);

    /// The machine's own zone (TZ, /etc/localtime); UTC where that cannot be told.
    static Zone Local();

    const std::string& Name() const;

    LocalTime ToLocal(SysTime t) const;

    /// Daylight saving: a reading that occurs twice means its first occurrence; one that is
    /// skipped means the instant that the clock jumped. Out-of-range months and days give nullopt.
    std::optional<SysTime> ToSys(const LocalTime& local) const;

    /// The abbreviation in force at `t`, as in "PST".
    std::string Abbreviation(SysTime t) const;

private:
    explicit Zone(const date::time_zone* zone) : zone_(zone) {}

    const date::time_zone* zone_;
};

}  // namespace aircheck::time
