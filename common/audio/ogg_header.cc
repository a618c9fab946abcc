// SPDX-License-Identifier: MIT
#include "common/audio/ogg_header.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace aircheck::audio {
namespace {

using Bytes = std::span<const std::byte>;

bool BeginsWith(Bytes packet, std::string_view magic) {
    const auto wanted = std::as_bytes(std::span(magic));
    return packet.size() >= wanted.size() &&
           std::equal(wanted.begin(), wanted.end(), packet.begin());
}

std::uint32_t Byte(Bytes packet, std::size_t at) {
    return std::to_integer<std::uint32_t>(packet[at]);
}

Bytes FirstPacket(const OggPage& page) {
    Bytes first;
    ForEachPacket(page, [&](const OggPacket& packet) {
        if (first.empty() && packet.begins && packet.ends) first = packet.bytes;
    });
    return first;
}

struct Magic {
    Codec codec;
    std::string_view text;
    std::size_t least_bytes;
};

constexpr std::size_t kFlacHeaderCountAt = 7;
constexpr std::size_t kFlacMagicAt = 9;
constexpr std::size_t kFlacInfoAt = 17;  // STREAMINFO
constexpr std::size_t kFlacLeastBytes = 51;

using namespace std::string_view_literals;
constexpr std::array kMagics{
    Magic{Codec::kOpus, "OpusHead"sv, 19},
    Magic{Codec::kVorbis, "\x01vorbis\0\0\0\0"sv, 30},
    Magic{Codec::kFlac,
          "\x7f"
          "FLAC\x01"sv,
          kFlacLeastBytes},
};

/// The flag of the last metadata block.
bool IsLastBlock(Bytes block) {
    return !block.empty() && (Byte(block, 0) & 0x80) != 0;
}

}  // namespace

std::optional<Codec> OggHeaders::CodecOf(const OggPage& first) {
    const Bytes packet = FirstPacket(first);
    for (const Magic& magic : kMagics)
        if (BeginsWith(packet, magic.text) && packet.size() >= magic.least_bytes)
            return magic.codec;
    return std::nullopt;
}

OggHeaders::OggHeaders(const OggPage& first, Bytes bytes)
    : codec_(CodecOf(first).value_or(Codec::kOpus)), serial_(first.serial) {
    pages_.assign(bytes.begin(), bytes.end());
    AddPackets(first);
}

OggHeaders::State OggHeaders::Add(const OggPage& page, Bytes bytes) {
    if (pages_.size() + bytes.size() > kMaxBytes) return State::kUnusable;
    pages_.insert(pages_.end(), bytes.begin(), bytes.end());
    AddPackets(page);
    if (!HasAll()) return State::kMore;
    setup_ = Read();
    packets_ = {};
    return setup_ ? State::kComplete : State::kUnusable;
}

void OggHeaders::AddPackets(const OggPage& page) {
    ForEachPacket(page, [this](const OggPacket& packet) {
        if (packet.begins) {
            packets_.emplace_back(packet.bytes.begin(), packet.bytes.end());
        } else if (in_packet_) {
            Packet& last = packets_.back();
            last.insert(last.end(), packet.bytes.begin(), packet.bytes.end());
        }
        in_packet_ = !packet.ends;
    });
}

bool OggHeaders::HasAll() const {
    const std::size_t whole = packets_.size() - (in_packet_ ? 1 : 0);
    switch (codec_) {
        case Codec::kOpus:
            return whole >= 2;
        case Codec::kVorbis:
            return whole >= 3;
        default:
            break;
    }
    if (whole < 2) return false;
    // The number of packets may be given as 0, for unknown.
    const std::size_t promised =
        Byte(packets_[0], kFlacHeaderCountAt) << 8 | Byte(packets_[0], kFlacHeaderCountAt + 1);
    return IsLastBlock(packets_[whole - 1]) || (promised > 0 && whole > promised);
}

std::optional<OggSetup> OggHeaders::Read() const {
    const Packet& first = packets_.front();
    OggSetup setup{{.codec = codec_, .version = 0, .layer = 0}, OggPacketTimer(codec_)};
    StreamFormat& format = setup.format;
    if (codec_ == Codec::kOpus) {
        constexpr std::uint32_t opus_rate = 48'000;
        if (Byte(first, 8) >> 4 != 0 || !BeginsWith(packets_[1], "OpusTags")) return std::nullopt;
        format.channels = static_cast<std::uint8_t>(Byte(first, 9));
        format.sample_rate = opus_rate;
    } else if (codec_ == Codec::kVorbis) {
        const auto timer = OggPacketTimer::Vorbis(first, packets_[2]);
        if (!timer || !BeginsWith(packets_[2], "\x05vorbis")) return std::nullopt;
        setup.timer = *timer;
        format.channels = static_cast<std::uint8_t>(Byte(first, 11));
        format.sample_rate =
            Byte(first, 12) | Byte(first, 13) << 8 | Byte(first, 14) << 16 | Byte(first, 15) << 24;
    } else {
        if (!BeginsWith(Bytes(first).subspan(kFlacMagicAt), "fLaC")) return std::nullopt;
        const Bytes info = Bytes(first).subspan(kFlacInfoAt);
        format.sample_rate = Byte(info, 10) << 12 | Byte(info, 11) << 4 | Byte(info, 12) >> 4;
        format.channels = static_cast<std::uint8_t>((Byte(info, 12) >> 1 & 7) + 1);
    }
    // More than any sound has would make durations overflow.
    constexpr std::uint32_t highest_rate = 1'048'575;
    if (format.channels == 0 || format.sample_rate == 0 || format.sample_rate > highest_rate)
        return std::nullopt;
    format.setup = Digest();
    return setup;
}

std::uint32_t OggHeaders::Digest() const {
    std::uint64_t digest = serial_;
    for (const Packet& packet : packets_)
        digest = XXH3_64bits_withSeed(packet.data(), packet.size(), digest);
    // 0 means that there is none.
    return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(digest));
}

std::optional<OggSetup> ReadOggSetup(Bytes pages) {
    std::optional<OggHeaders> headers;
    auto state = OggHeaders::State::kMore;
    while (const auto page = ParseOggPage(pages)) {
        const Bytes bytes = pages.first(page->size());
        pages = pages.subspan(page->size());
        if (state != OggHeaders::State::kMore || page->First() == headers.has_value()) return {};
        if (headers) {
            state = headers->Add(*page, bytes);
        } else if (OggHeaders::CodecOf(*page)) {
            headers.emplace(*page, bytes);
        } else {
            return std::nullopt;
        }
    }
    return headers && pages.empty() ? headers->setup() : std::nullopt;
}

}  // namespace aircheck::audio
