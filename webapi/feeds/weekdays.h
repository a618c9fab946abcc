// SPDX-License-Identifier: MIT
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "webapi/http/router.h"

namespace aircheck::webapi {

/// Days of the week; 0 is Sunday.
using Weekdays = std::bitset<7>;

/// "mon", "Monday,fri", "mon-fri", "sat-mon", "daily", "weekdays", "weekend", and lists of these.
std::optional<Weekdays> ParseWeekdays(std::string_view text);

/// "Mondays", "Mondays and Fridays", "Mondays to Fridays", "Every day".
std::string DescribeWeekdays(Weekdays weekdays);

/// "Monday"
std::string_view WeekdayName(unsigned weekday);

/// "mon-fri_2pm" as "mon-fri" and "2pm".
std::optional<std::pair<std::string_view, std::string_view>> SplitWeekdaysAndStart(
    std::string_view text);

/// For routes that begin with weekdays alone, and with weekdays and a start in one.
std::string WhyNoWeekdays(const PathParams& params);
std::string WhyNoWeekdaysAndStart(const PathParams& params);

}  // namespace aircheck::webapi
