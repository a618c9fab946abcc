// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aircheck::downloader {

enum class PlaylistKind : std::uint8_t { kPls, kM3u, kAsx, kXspf };

/// No more of a playlist is looked at.
inline constexpr std::size_t kMaxPlaylistBytes = 64 * 1024;
inline constexpr std::size_t kMaxPlaylistEntries = 64;

/// What a station's answer is, if it is no sound: its first bytes are believed most, then the
/// Content-Type, and the URL's extension where the type says nothing. Works without bytes.
std::optional<PlaylistKind> DetectPlaylist(std::string_view content_type, std::string_view url,
                                           std::string_view first_bytes);

/// Whether what looks like m3u lists the pieces of one stream (RFC 8216), not streams.
bool IsHls(std::string_view text);

/// All entries in order, relative ones resolved against `base_url`, those that are no http or
/// https left out.
std::vector<std::string> ParsePlaylist(PlaylistKind kind, std::string_view text,
                                       std::string_view base_url);

}  // namespace aircheck::downloader
