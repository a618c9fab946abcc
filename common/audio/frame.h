// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/audio/codec.h"

namespace aircheck::audio {

/// What must stay the same for two frames to stand in one segment: then durations add up by
/// sample count and any decoder goes on without a reset.
struct StreamFormat {
    Codec codec = Codec::kMpeg;
    std::uint8_t version = 1;       // MPEG: 1, 2, or 25 for 2.5; ADTS: 2 or 4
    std::uint8_t layer = 3;         // MPEG: 2 or 3; ADTS: the object type (2 = LC)
    std::uint32_t sample_rate = 0;  // Hz; of the AAC core where SBR doubles it
    std::uint8_t channels = 0;
    std::uint32_t setup = 0;  // Ogg: a digest of the logical stream's serial and header packets

    bool operator==(const StreamFormat&) const = default;
};

/// The smallest piece that is ever cut: one codec frame, header included. ADTS: one header with
/// all the raw blocks behind it. Ogg: one page with audio packets; those with header packets are no
/// frames but the stream's setup.
struct Frame {
    std::size_t offset_bytes = 0;  // in the buffer that was scanned
    std::uint32_t size_bytes = 0;
    std::uint32_t samples = 0;  // per channel, at format.sample_rate
    StreamFormat format;
};

}  // namespace aircheck::audio
