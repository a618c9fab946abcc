// SPDX-License-Identifier: MIT
#include "webapi/http/validated.h"

#include <xxhash.h>

#include <utility>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "webapi/http/range.h"

namespace aircheck::webapi {

Response FailedConditionResponse() {
    return ErrorResponse(412, "It is not what the condition says any more.",
                         "Ask again without the condition.");
}

Response Validated(const Request& request, Response response,
                   std::optional<time::SysTime> last_modified) {
    const std::uint64_t hash = XXH3_64bits(response.text.data(), response.text.size());
    const Validators validators{fmt::format("\"{:016x}\"", hash), last_modified};
    response.Add("ETag", validators.etag);
    if (last_modified) response.Add("Last-Modified", time::FormatHttpDate(*last_modified));
    switch (CheckConditions(request, validators)) {
        case Condition::kSend:
            return response;
        case Condition::kFailed:
            return FailedConditionResponse();
        case Condition::kNotModified:
            break;
    }
    response.status = 304;
    response.text.clear();
    response.length.reset();
    return response;
}

}  // namespace aircheck::webapi
