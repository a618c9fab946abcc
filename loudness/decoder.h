// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "common/audio/frame.h"

namespace aircheck::loudness {

/// Decodes the frames of one stream, as common/audio finds them, by libavcodec. One thread at a
/// time. What a decoder cannot make sense of has no sound; it is never an error.
class Decoder {
public:
    /// `setup`: the header pages, of Ogg only. Throws std::runtime_error if there is no decoder for
    /// that, or not with these headers.
    Decoder(const audio::StreamFormat& format, std::span<const std::byte> setup);
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder();

    /// Appends, for each sample that comes out, the mean of its squares over all channels, where 1
    /// is full scale. At whatever rate: HE-AAC has twice as many samples as its core, and of the
    /// very first frames of some codecs nothing comes out yet.
    void Decode(std::span<const std::byte> frame, std::vector<float>& powers);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace aircheck::loudness
