// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <initializer_list>
#include <random>

#include "tests/unit/common/audio/made_pages.h"

/// Streams of made frames, and what may stand between them.
namespace aircheck::audio::test {

inline Bytes Frames(int count, const std::function<Bytes(unsigned)>& make) {
    Bytes stream;
    for (int i = 0; i < count; ++i) Append(stream, make(static_cast<unsigned>(i)));
    return stream;
}

inline Bytes Mp3s(int count) {
    return Frames(count, [](unsigned i) { return Mp3(i, i % 3 == 0); });
}

inline Bytes FreeMp3s(int count, std::size_t size = 653) {
    return Frames(count, [size](unsigned i) { return FreeMp3(size, i, i % 3 == 0); });
}

inline Bytes Adtses(int count) {
    return Frames(count, [](unsigned i) { return Adts(200 + i * 37 % 400, i); });
}

inline Bytes Info() {
    Bytes frame(417, std::byte{0});
    Overwrite(frame, 0, Mp3(), 4);
    Overwrite(frame, 36, ToBytes("Info"), 4);
    return frame;
}

inline Bytes Join(std::initializer_list<Bytes> parts) {
    Bytes whole;
    for (const Bytes& part : parts) Append(whole, part);
    return whole;
}

inline Bytes Noise(std::size_t size, unsigned seed) {
    std::minstd_rand random(seed + 1);
    Bytes noise(size);
    for (std::byte& byte : noise) byte = static_cast<std::byte>(random() >> 8);
    return noise;
}

}  // namespace aircheck::audio::test
