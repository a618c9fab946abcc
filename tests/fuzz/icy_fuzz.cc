// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/util/text.h"
#include "downloader/icy_reader.h"

namespace {

using aircheck::downloader::IcyReader;
using aircheck::downloader::ParseIcyMetadata;

std::string Read(std::size_t metaint, std::span<const std::byte> stream, std::size_t cut) {
    std::string heard;
    IcyReader reader(metaint);
    std::size_t audio_bytes = 0;
    const auto audio = [&](std::span<const std::byte> piece) {
        if (piece.empty()) std::abort();
        audio_bytes += piece.size();
        heard.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    };
    const auto metadata = [&](std::string_view block) {
        if (block.empty() || block.size() % 16 != 0 || audio_bytes % metaint != 0) std::abort();
        heard.append("[").append(block).append("]");
    };
    while (!stream.empty()) {
        const auto piece = stream.first(std::min(cut, stream.size()));
        reader.Feed(piece, audio, metadata);
        stream = stream.subspan(piece.size());
    }
    return heard;
}

void ParseBlock(std::string_view block, std::string_view charset) {
    const auto parsed = ParseIcyMetadata(block, charset);
    if (!parsed) return;
    for (const std::string& text : {parsed->title, parsed->url}) {
        if (!aircheck::util::IsUtf8(text)) std::abort();
        for (const char c : text)
            if ((c >= 0 && c < ' ') || c == '\x7F') std::abort();
    }
}

}  // namespace

// The first two bytes choose the interval, the cuts and the character set.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    constexpr std::array kCharsets{"", "windows-1251", "SHIFT_JIS", "EUC-KR"};
    const auto stream = std::as_bytes(std::span(data, size)).subspan(2);
    const std::size_t metaint = data[0];
    if (Read(metaint, stream, 1 + data[1]) != Read(metaint, stream, size)) std::abort();

    ParseBlock({reinterpret_cast<const char*>(stream.data()), stream.size()},
               kCharsets[data[1] % kCharsets.size()]);
    return 0;
}
