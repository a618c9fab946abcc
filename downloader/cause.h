// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <string>

namespace aircheck::downloader {

/// Why a take ended or could not begin: the words that stand in the catalog, in heartbeats and on
/// the tap. One word, with a detail behind it where there is one, as in "http 404".
namespace cause {
inline constexpr char kStopped[] = "stopped";         // we were told to
inline constexpr char kHandedOver[] = "handed over";  // another recorder goes on
inline constexpr char kCascade[] = "cascade";         // another take goes on; nothing is missing
inline constexpr char kStalled[] = "stalled";         // connected, but no bytes for too long
inline constexpr char kServerClosed[] = "server closed";
inline constexpr char kDisk[] = "disk";              // could not be written
inline constexpr char kNoAudio[] = "no audio";       // bytes, but no frames in them
inline constexpr char kPlaylist[] = "bad playlist";  // empty, too deep, or HLS
}  // namespace cause

/// The cause of a finished transfer; `http_status` as libcurl tells it, 0 if there was none.
std::string CauseOf(CURLcode code, long http_status);

}  // namespace aircheck::downloader
