// SPDX-License-Identifier: MIT
#include "loudness/ogg_packets.h"

#include "common/audio/ogg_page.h"

namespace aircheck::loudness {

void ForEachWholePacket(std::span<const std::byte> pages,
                        const std::function<void(std::span<const std::byte>)>& use) {
    std::vector<std::byte> begun;  // of a packet that goes on in the next page
    bool in_packet = false;
    while (const auto page = audio::ParseOggPage(pages)) {
        audio::ForEachPacket(*page, [&](const audio::OggPacket& packet) {
            if (packet.begins && packet.ends) return use(packet.bytes);
            if (packet.begins) begun.clear();
            in_packet = packet.begins || in_packet;
            if (!in_packet) return;
            begun.insert(begun.end(), packet.bytes.begin(), packet.bytes.end());
            if (!packet.ends) return;
            in_packet = false;
            use(begun);
        });
        pages = pages.subspan(page->size());
    }
}

std::vector<std::vector<std::byte>> WholePackets(std::span<const std::byte> pages) {
    std::vector<std::vector<std::byte>> packets;
    ForEachWholePacket(pages, [&](std::span<const std::byte> packet) {
        packets.emplace_back(packet.begin(), packet.end());
    });
    return packets;
}

}  // namespace aircheck::loudness
