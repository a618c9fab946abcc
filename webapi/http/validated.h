// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/time/clock.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// An answer of text with an ETag made of that text; 304 or 412 instead of it where the conditions
/// of the request say so.
Response Validated(const Request& request, Response response,
                   std::optional<time::SysTime> last_modified = std::nullopt);

/// 412 for what is not any more as the client thinks.
Response FailedConditionResponse();

}  // namespace aircheck::webapi
