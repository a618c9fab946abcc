// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string>

#include "downloader/playlist.h"

using namespace aircheck::downloader;

// Whatever the text says: few URLs, all of the web, none that could smuggle in a header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    DetectPlaylist("", "", text);
    DetectPlaylist(text.substr(0, 40), text, text);
    IsHls(text);
    for (const auto kind :
         {PlaylistKind::kPls, PlaylistKind::kM3u, PlaylistKind::kAsx, PlaylistKind::kXspf}) {
        const auto urls = ParsePlaylist(kind, text, "http://radio.example/a/b.pls?c");
        if (urls.size() > kMaxPlaylistEntries) std::abort();
        for (const std::string& url : urls) {
            if (!url.starts_with("http://") && !url.starts_with("https://")) std::abort();
            for (const char c : url)
                if (static_cast<unsigned char>(c) <= ' ' || c == '\x7F') std::abort();
        }
    }
    return 0;
}
