// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/audio/ogg_page.h"
#include "tests/unit/common/audio/made_frames.h"

namespace aircheck::audio::test {

inline constexpr std::uint8_t kContinuedFlag = 1;
inline constexpr std::uint8_t kFirstFlag = 2;
inline constexpr std::uint8_t kLastFlag = 4;

/// A page with these packets; an `unfinished` last one must have a multiple of 255 bytes.
inline Bytes MadePage(const OggPageHeader& header, const std::vector<Bytes>& packets,
                      bool unfinished = false) {
    Bytes lacing;
    Bytes body;
    for (const Bytes& packet : packets) {
        lacing.insert(lacing.end(), packet.size() / 255, std::byte{255});
        lacing.push_back(static_cast<std::byte>(packet.size() % 255));
        Append(body, packet);
    }
    if (unfinished) lacing.pop_back();
    Bytes page = ToBytes("OggS");
    page.resize(26);
    page.push_back(static_cast<std::byte>(lacing.size()));
    Append(page, lacing);
    Append(page, body);
    RewriteOggPage(page, header);
    return page;
}

/// 20 ms of stereo Opus.
inline Bytes OpusPacket(std::size_t size, unsigned seed = 0) {
    return FrameOf({0xFC}, size, seed);
}
inline constexpr std::uint32_t kOpusPacketSamples = 960;

inline Bytes OpusHead(unsigned channels = 2) {
    Bytes head = ToBytes("OpusHead");
    for (const unsigned byte : {1U, channels, 0x38U, 0x01U, 0x80U, 0xBBU, 0U, 0U, 0U, 0U, 0U})
        head.push_back(static_cast<std::byte>(byte));
    return head;
}

/// Makes the pages of one logical stream, in order.
class MadeOpus {
public:
    explicit MadeOpus(std::uint32_t serial) : serial_(serial) {}

    Bytes Headers(std::string_view title = "") {
        Bytes tags = ToBytes("OpusTags");
        Append(tags, ToBytes(title));
        Bytes pages = Page({OpusHead()}, kFirstFlag);
        Append(pages, Page({tags}));
        granule_ = 0;
        return pages;
    }

    /// A page with `count` packets of `size` bytes.
    Bytes Sound(std::size_t count = 5, std::size_t size = 100, std::uint8_t flags = 0) {
        std::vector<Bytes> packets;
        for (std::size_t i = 0; i < count; ++i) packets.push_back(OpusPacket(size, ++seed_));
        return Page(packets, flags);
    }

    Bytes Page(const std::vector<Bytes>& packets, std::uint8_t flags = 0, bool unfinished = false) {
        const auto ended = static_cast<std::int64_t>(packets.size()) - (unfinished ? 1 : 0);
        granule_ += ended * kOpusPacketSamples;
        return MadePage({flags, ended > 0 ? granule_ : -1, serial_, sequence_++}, packets,
                        unfinished);
    }

    /// As if pages had been lost, or as the server began elsewhere.
    void Skip(std::uint32_t pages) {
        sequence_ += pages;
        granule_ += std::int64_t{pages} * 48'000;
    }

private:
    std::uint32_t serial_;
    std::uint32_t sequence_ = 0;
    std::int64_t granule_ = 0;
    unsigned seed_ = 0;
};

}  // namespace aircheck::audio::test
