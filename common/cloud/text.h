// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aircheck::cloud {

/// As signatures want it (RFC 3986, unreserved characters stay): a whole query value or, with '/'
/// left alone, a path.
std::string EncodeQuery(std::string_view text);
std::string EncodePath(std::string_view path);

/// The inverse of both; what is no escape stays.
std::string DecodePercent(std::string_view text);

/// RFC 4648.
std::string Base64(std::span<const std::uint8_t> bytes);
std::optional<std::string> DecodeBase64(std::string_view text);

/// "a/b" of "/a/b/": what is put before keys, joined to them by '/'. Empty for none.
std::string CleanPrefix(std::string_view prefix);

}  // namespace aircheck::cloud
