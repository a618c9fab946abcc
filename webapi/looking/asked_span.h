// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/time/clock.h"
#include "common/time/zone.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// [from, to), in whole seconds.
struct TimeSpan {
    time::SysTime from;
    time::SysTime to;
};

/// "" if the query has no such name.
std::string_view QueryValue(const Request& request, std::string_view name);

/// What `?from=` and `?to=` say, in spoken time; `otherwise` where one of them is missing. Else the
/// answer 400.
std::variant<TimeSpan, Response> AskedSpan(const Request& request, const time::Zone& zone,
                                           time::SysTime now, TimeSpan otherwise);

/// 400 for a time that cannot be understood.
Response NotUnderstood(std::string_view part, std::string_view hint);

}  // namespace aircheck::webapi
