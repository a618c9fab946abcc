// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/config/config.h"

/// From the text of one scalar to a checked value and back. Nullopt: not what is expected.
namespace aircheck::config {

/// More than nothing, at most a hundred years: so that it can be added to any clock's time.
std::optional<Duration> ReadDuration(std::string_view text);

/// The same, or the word "off".
std::optional<std::optional<Duration>> ReadDurationOrOff(std::string_view text);

/// Bytes, more than none.
std::optional<std::uint64_t> ReadSize(std::string_view text);

/// The words that YAML 1.1 has for it.
std::optional<bool> ReadBool(std::string_view text);

/// How many processes: 1 to 256.
std::optional<int> ReadCount(std::string_view text);

/// Requests a second: 1 to 100,000; 0 for "off".
std::optional<int> ReadRateOrOff(std::string_view text);

/// dBFS: -120 to -1.
std::optional<int> ReadLevel(std::string_view text);

/// How many recorders of one station: 1 to 4.
std::optional<int> ReadRecorders(std::string_view text);

/// "127.0.0.1:5000", "[::1]:5000", "localhost:0".
std::optional<Endpoint> ReadEndpoint(std::string_view text);

/// "tcp://127.0.0.1:5001", also with `*` as ZeroMQ has it.
std::optional<std::string> ReadTap(std::string_view text);

/// An absolute http or https URL with a host.
std::optional<std::string> ReadUrl(std::string_view text);

/// The same without user, query or fragment; comes back ending in '/'.
std::optional<std::string> ReadBaseUrl(std::string_view text);

/// With "~/" expanded; refuses "~somebody".
std::optional<std::filesystem::path> ReadPath(std::string_view text);

/// Relative paths are relative to the configuration's folder: the processes' own may be any.
std::filesystem::path Resolve(const std::filesystem::path& path,
                              const std::filesystem::path& folder);

/// "10.0.0.7", "2001:db8::7", "10.0.0.8/attic"; comes back as messages name it.
std::optional<std::string> ReadMachine(std::string_view text);

std::optional<std::string> ReadText(std::string_view text);
std::optional<std::string> ReadTimezone(std::string_view text);
std::optional<std::string> ReadLogLevel(std::string_view text);

/// A character set that iconv knows.
std::optional<std::string> ReadCharset(std::string_view text);

/// RFC 9110, 5.6.2.
bool IsHeaderName(std::string_view text);

/// Whether what has this name (a header, a parameter of a URL) is to be kept from people's eyes.
bool IsSecretName(std::string_view name);

/// A URL without user, password and the values of parameters with secret names.
std::string HideSecrets(std::string_view url);

std::string Print(const Endpoint& endpoint);

inline constexpr std::string_view kHidden = "(hidden)";

}  // namespace aircheck::config
