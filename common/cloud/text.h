// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aircheck::cloud {

/// As signatures want it: '/' stays as well.
std::string EncodePath(std::string_view path);

/// The inverse; a text with what is no escape stays as it is.
std::string DecodePercent(std::string_view text);

/// RFC 4648.
std::string Base64(std::span<const std::uint8_t> bytes);
std::optional<std::string> DecodeBase64(std::string_view text);

/// "a/b" of "/a/b/": what is put before keys, joined to them by '/'. Empty for none.
std::string CleanPrefix(std::string_view prefix);

}  // namespace aircheck::cloud
