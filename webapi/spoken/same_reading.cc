// SPDX-License-Identifier: MIT
#include "webapi/spoken/same_reading.h"

#include <chrono>

namespace aircheck::webapi {

using std::chrono::days;
using std::chrono::sys_days;

time::SysTime SameReading(const time::Zone& here, const time::Zone& there, time::SysTime now) {
    const time::Micros clock = there.ToLocal(now).time_of_day;
    const time::LocalTime today = here.ToLocal(now);
    const sys_days begin{std::chrono::year{today.year} / static_cast<int>(today.month) /
                         static_cast<int>(today.day)};
    for (const days ago : {days{0}, days{1}}) {
        const std::chrono::year_month_day day{begin - ago};
        const auto time =
            here.ToSys({static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                        static_cast<unsigned>(day.day()), 0, clock});
        if (time && *time <= now) return *time;
    }
    return now;
}

}  // namespace aircheck::webapi
