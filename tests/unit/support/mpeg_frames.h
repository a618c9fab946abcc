// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aircheck::test {

using Bytes = std::vector<std::byte>;

/// MPEG-1 layer III frames, stereo, as tests need them: 1152 samples each, different from one
/// another, with a body that holds no sync pattern.
inline constexpr std::uint32_t kFrameSamples = 1152;

struct MpegShape {
    int kbps = 128;           // 128 or 64
    int sample_rate = 44100;  // 44100 or 48000
};

inline Bytes MpegFrame(std::uint32_t number, MpegShape shape = {}) {
    const std::size_t size = static_cast<std::size_t>(144 * shape.kbps * 1000 / shape.sample_rate);
    const unsigned bitrate_index = shape.kbps == 128 ? 9 : 5;
    const unsigned rate_index = shape.sample_rate == 44100 ? 0 : 1;
    Bytes frame(size, std::byte{0x55});
    frame[0] = std::byte{0xff};
    frame[1] = std::byte{0xfb};
    frame[2] = static_cast<std::byte>(bitrate_index << 4 | rate_index << 2);
    frame[3] = std::byte{0x00};
    for (int i = 0; i < 8; ++i)
        frame[40 + static_cast<std::size_t>(i)] = static_cast<std::byte>(number >> (4 * i) & 0x0f);
    return frame;
}

/// Frames `first` to `first + count - 1`, joined.
inline Bytes MpegFrames(std::uint32_t first, std::uint32_t count, MpegShape shape = {}) {
    Bytes all;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Bytes frame = MpegFrame(first + i, shape);
        all.insert(all.end(), frame.begin(), frame.end());
    }
    return all;
}

}  // namespace aircheck::test
