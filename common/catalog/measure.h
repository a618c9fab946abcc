// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "common/audio/frame.h"
#include "common/catalog/rows.h"
#include "common/time/clock.h"

namespace aircheck::catalog {

/// What a segment's file really holds.
struct Measured {
    std::uint64_t bytes = 0;  // up to the end of the last whole frame
    std::uint64_t frames = 0;
    std::uint64_t samples = 0;
    std::uint64_t setup_bytes = 0;  // before the first frame: Ogg's header pages
    audio::StreamFormat format;
    std::vector<IndexEntry> index;  // an entry a second
    SegmentMarks marks;

    /// How long the sound lasts by its sample clock.
    time::Micros Duration() const;
};

/// Measures a segment whose bytes come in pieces, from its start. What is no frame is passed over,
/// and so are frames that do not go on in the first one's format; behind the last frame that others
/// confirm only what follows without a gap counts, so that the torn rest of a frame is not taken
/// for sound.
class SegmentMeter {
public:
    explicit SegmentMeter(audio::Codec codec);
    ~SegmentMeter();

    void Add(std::span<const std::byte> bytes);

    /// Once, in the end.
    Measured Finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Reads the file from its start in pieces of a mebibyte, no further than the first `limit` bytes.
/// Throws std::system_error if the file cannot be read.
Measured MeasureSegment(int fd, audio::Codec codec,
                        std::uint64_t limit = std::numeric_limits<std::int64_t>::max());

/// How much sound at each end of a segment is kept as marks.
inline constexpr std::uint32_t kMarkedSeconds = 60;

/// The duration of `samples` at `rate` a second.
time::Micros SampleDuration(std::uint64_t samples, std::uint32_t rate);

}  // namespace aircheck::catalog
