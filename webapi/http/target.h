// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aircheck::webapi {

/// A request target taken apart: decoded, and safe to look at.
struct Target {
    std::vector<std::string> segments;  // of the path; "/" has none
    std::vector<std::pair<std::string, std::string>> query;
};

/// Why a target is refused: a sentence.
struct TargetError {
    std::string error;
};

inline constexpr std::size_t kMaxTargetBytes = 2048;

/// Origin form and absolute form (RFC 9112, 3.2). Refuses whatever could mean something to a file
/// system: "." and ".." as segments, an encoded "/" or "\", control characters; and what is no
/// UTF-8.
std::variant<Target, TargetError> ParseTarget(std::string_view raw);

/// For a segment of a path, where more than elsewhere may stand as it is: "mon,wed", "2:30pm".
std::string EncodeSegment(std::string_view text);

}  // namespace aircheck::webapi
