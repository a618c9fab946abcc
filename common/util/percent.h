// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aircheck::util {

/// Everything but the unreserved characters of RFC 3986, and those in `also_plain`, as %XX.
std::string PercentEncode(std::string_view text, std::string_view also_plain = {});

/// Nothing for a broken escape. "+" stays what it is.
std::optional<std::string> PercentDecode(std::string_view text);

}  // namespace aircheck::util
