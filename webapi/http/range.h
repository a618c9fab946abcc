// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// Bytes [first, first + size).
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t size = 0;

    std::uint64_t end() const { return first + size; }

    bool operator==(const ByteRange&) const = default;
};

/// What a Range header means for a body of some length (RFC 9110, 14.2).
struct RangeResult {
    enum class Kind { kWhole, kPart, kUnsatisfiable };
    Kind kind = Kind::kWhole;
    std::vector<ByteRange> ranges;  // of kPart: in the order of the body, apart from one another
};

/// More in one request are no player's, but somebody's who wants much for little.
inline constexpr std::size_t kMaxRanges = 16;

/// What overlaps or touches is made one, and what lies behind the end is left out. Too many, or
/// what is no range of bytes, is answered with the whole: a server may ignore Range.
RangeResult ParseRange(std::string_view header, std::uint64_t length);

/// What identifies a representation.
struct Validators {
    std::string etag;                            // strong, with its quotes
    std::optional<time::SysTime> last_modified;  // where that is known
};

/// The conditions of the request in the order of RFC 9110, 13.2.2.
enum class Condition { kSend, kNotModified, kFailed };
Condition CheckConditions(const Request& request, const Validators& validators);

/// Whether If-Range allows a part to be sent; true without that header.
bool IfRangeHolds(const Request& request, const Validators& validators);

}  // namespace aircheck::webapi
