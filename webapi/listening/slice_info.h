// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "webapi/listening/slice.h"

namespace aircheck::webapi {

/// The JSON that ?info answers: exact start and end, pieces, gaps, splices, codec, bitrate, size.
std::string SliceInfo(const Slice& slice);

/// "2; 14.2s", the value of X-Gaps.
std::string GapsHeader(const std::vector<Gap>& gaps);

/// kbit/s.
int BitrateOf(const Slice& slice);

}  // namespace aircheck::webapi
