// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/frame.h"
#include "common/audio/ogg_duration.h"
#include "common/audio/ogg_page.h"

namespace aircheck::audio {

/// What the header packets of a logical stream say: Opus (RFC 7845, 5), Vorbis (Vorbis I, 4.2) and
/// FLAC (RFC 9639, 10.1).
struct OggSetup {
    StreamFormat format;
    OggPacketTimer timer;
};

/// Collects the header pages of one logical stream. They are kept whole, as received.
class OggHeaders {
public:
    /// Covers belong to the comments, but a stream that sends more than this is not believed.
    static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

    /// What the stream that begins with this page holds; nullopt if it is none of ours.
    static std::optional<Codec> CodecOf(const OggPage& first);

    OggHeaders(const OggPage& first, std::span<const std::byte> bytes);

    enum class State { kMore, kComplete, kUnusable };

    /// Another page of the stream.
    State Add(const OggPage& page, std::span<const std::byte> bytes);

    std::uint32_t serial() const { return serial_; }
    std::span<const std::byte> pages() const { return pages_; }

    /// Once complete.
    const std::optional<OggSetup>& setup() const { return setup_; }

private:
    using Packet = std::vector<std::byte>;

    void AddPackets(const OggPage& page);
    bool HasAll() const;
    std::optional<OggSetup> Read() const;
    std::uint32_t Digest() const;

    Codec codec_;
    std::uint32_t serial_;
    std::vector<std::byte> pages_;
    std::vector<Packet> packets_;
    bool in_packet_ = false;  // the last one goes on
    std::optional<OggSetup> setup_;
};

/// All header pages of a stream; nullopt if they are anything else.
std::optional<OggSetup> ReadOggSetup(std::span<const std::byte> pages);

}  // namespace aircheck::audio
