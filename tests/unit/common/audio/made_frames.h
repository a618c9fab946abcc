// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/audio/frame.h"
#include "common/audio/frame_scanner.h"

namespace aircheck::audio::test {

using Bytes = std::vector<std::byte>;

inline Bytes ToBytes(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

inline void Append(Bytes& to, const Bytes& what) {
    to.insert(to.end(), what.begin(), what.end());
}

inline void Overwrite(Bytes& target, std::size_t at, const Bytes& what, std::size_t bytes) {
    std::copy_n(what.begin(), bytes, target.begin() + static_cast<std::ptrdiff_t>(at));
}

/// A header and random sound behind it, in which nothing looks like the start of a frame or tag.
inline Bytes FrameOf(std::initializer_list<unsigned> header, std::size_t size, unsigned seed) {
    Bytes frame;
    for (const unsigned byte : header) frame.push_back(static_cast<std::byte>(byte));
    const std::size_t begun = frame.size();
    frame.resize(std::max(size, begun));
    // Numerical Recipes' generator in bare steps: tests with sanitizers make millions of bytes.
    auto random = static_cast<std::uint32_t>(seed + 1);
    std::byte* const bytes = frame.data();
    for (std::size_t i = begun; i < size; ++i) {
        random = random * 1664525 + 1013904223;
        bytes[i] = static_cast<std::byte>(0x80 + (random >> 16) % 0x70);
    }
    return frame;
}

/// MPEG-1 layer III, 44.1 kHz, 128 kbit/s, joint stereo: 417 or, padded, 418 bytes.
inline Bytes Mp3(unsigned seed = 0, bool padded = false) {
    return FrameOf({0xFF, 0xFB, padded ? 0x92u : 0x90u, 0x44}, padded ? 418 : 417, seed);
}

/// MPEG-2 layer III, 22.05 kHz, 64 kbit/s, mono: 208 bytes.
inline Bytes Mp3Lsf(unsigned seed = 0) {
    return FrameOf({0xFF, 0xF3, 0x80, 0xC4}, 208, seed);
}

/// MPEG-1 layer III in free format, 44.1 kHz, joint stereo: `size` bytes and a padding.
inline Bytes FreeMp3(std::size_t size, unsigned seed = 0, bool padded = false) {
    return FrameOf({0xFF, 0xFB, padded ? 0x02u : 0x00u, 0x44}, size + (padded ? 1 : 0), seed);
}

/// AAC-LC, 44.1 kHz, stereo.
inline Bytes Adts(std::size_t size, unsigned seed = 0) {
    const auto n = static_cast<unsigned>(size);
    return FrameOf({0xFF, 0xF1, 0x50, 0x80 | n >> 11, n >> 3 & 0xFF, (n & 7) << 5 | 0x1F, 0xFC},
                   size, seed);
}

inline Bytes Id3v2(std::uint32_t payload_bytes, std::byte fill = std::byte{0}) {
    Bytes tag = ToBytes("ID3\x04");
    tag.resize(6);
    for (const int shift : {21, 14, 7, 0})
        tag.push_back(static_cast<std::byte>(payload_bytes >> shift & 0x7F));
    tag.resize(tag.size() + payload_bytes, fill);
    return tag;
}

inline Bytes Id3v1() {
    Bytes tag = ToBytes("TAG");
    tag.resize(128, std::byte{' '});
    return tag;
}

/// What a scanner made of a stream.
struct Scan {
    struct Found {
        std::uint64_t position = 0;  // in the whole stream
        std::uint32_t size = 0;
        std::uint32_t samples = 0;
        StreamFormat format;
        Bytes setup;

        bool operator==(const Found&) const = default;
    };

    std::vector<Found> frames;
    std::uint64_t skipped = 0;
    std::optional<Codec> codec;
    std::size_t most_held = 0;

    bool operator==(const Scan& other) const {
        return frames == other.frames && skipped == other.skipped && codec == other.codec;
    }
};

/// Scans as a caller does, with the bytes cut into calls of the sizes that `next_size` gives.
template <typename NextSize>
Scan ScanInCuts(std::span<const std::byte> stream, NextSize next_size,
                std::optional<Codec> codec = std::nullopt) {
    FrameScanner scanner(codec);
    Scan scan;
    std::size_t begin = 0;
    std::size_t end = 0;
    const auto drain = [&] {
        while (const auto frame = scanner.Next(stream.subspan(begin, end - begin))) {
            const auto setup = scanner.Setup();
            scan.frames.push_back({begin + frame->offset_bytes,
                                   frame->size_bytes,
                                   frame->samples,
                                   frame->format,
                                   {setup.begin(), setup.end()}});
            begin += frame->offset_bytes + frame->size_bytes;
        }
        begin += scanner.Garbage();
        scan.most_held = std::max(scan.most_held, end - begin);
    };
    while (end < stream.size()) {
        end = std::min(stream.size(), end + std::max<std::size_t>(1, next_size()));
        drain();
    }
    scanner.Finish();
    drain();
    scan.skipped = scanner.skipped_bytes();
    scan.codec = scanner.codec();
    return scan;
}

inline Scan ScanWhole(const Bytes& stream, std::optional<Codec> codec = std::nullopt) {
    return ScanInCuts(
        stream, [&] { return stream.size(); }, codec);
}

}  // namespace aircheck::audio::test
