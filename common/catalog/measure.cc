// SPDX-License-Identifier: MIT
#include "common/catalog/measure.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>

#include "common/audio/frame_scanner.h"
#include "common/audio/splice.h"
#include "common/util/error.h"

namespace aircheck::catalog {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Adds up to kPieceBytes of [offset, limit) to `buffer`; false at the end.
bool ReadPiece(int fd, std::uint64_t offset, std::uint64_t limit, std::vector<std::byte>& buffer) {
    const std::size_t before = buffer.size();
    const std::size_t wanted = std::min<std::uint64_t>(kPieceBytes, limit - offset);
    buffer.resize(before + wanted);
    ssize_t length = 0;
    do {
        length = ::pread(fd, buffer.data() + before, wanted, static_cast<off_t>(offset));
    } while (length < 0 && errno == EINTR);
    if (length < 0) util::ThrowErrno("cannot read a segment");
    buffer.resize(before + static_cast<std::size_t>(length));
    return length > 0;
}

/// What is gathered while reading.
struct Tally {
    Measured measured;
    std::optional<audio::RecentMarks> recent;
};

void Count(Tally& tally, const audio::Frame& frame, std::span<const std::byte> bytes,
           std::uint64_t offset) {
    Measured& measured = tally.measured;
    const std::uint64_t minute = std::uint64_t{kMarkedSeconds} * frame.format.sample_rate;
    if (measured.frames == 0) {
        measured.format = frame.format;
        tally.recent.emplace(minute);
    }
    if (frame.format != measured.format) return;
    const auto mark = audio::MarkFrame(frame, bytes);
    tally.recent->Add(mark);
    if (measured.samples < minute) measured.marks.head.marks.push_back(mark);
    if (measured.index.empty() ||
        measured.samples >= measured.index.back().sample + frame.format.sample_rate)
        measured.index.push_back({measured.samples, offset});
    ++measured.frames;
    measured.samples += frame.samples;
    measured.bytes = offset + frame.size_bytes;
}

}  // namespace

time::Micros SampleDuration(std::uint64_t samples, std::uint32_t rate) {
    if (rate == 0) return {};
    // In two steps: samples * 1,000,000 would overflow after some years of sound.
    return std::chrono::seconds(samples / rate) + time::Micros(samples % rate * 1'000'000 / rate);
}

time::Micros Measured::Duration() const {
    return SampleDuration(samples, format.sample_rate);
}

Measured MeasureSegment(int fd, audio::Codec codec, std::uint64_t limit) {
    Tally tally;
    Measured& measured = tally.measured;
    audio::FrameScanner scanner(codec);
    std::vector<std::byte> buffer;
    std::uint64_t buffer_offset = 0;
    for (bool more = true; more;) {
        more = ReadPiece(fd, buffer_offset + buffer.size(), limit, buffer);
        if (!more) scanner.Finish();
        std::size_t used = 0;
        while (const auto frame = scanner.Next(std::span(buffer).subspan(used))) {
            const std::uint64_t offset = buffer_offset + used + frame->offset_bytes;
            if (!more && offset != measured.bytes) break;
            if (measured.frames == 0) measured.setup_bytes = scanner.Setup().size();
            const auto bytes = std::span(buffer).subspan(used + frame->offset_bytes);
            Count(tally, *frame, bytes.first(frame->size_bytes), offset);
            used += frame->offset_bytes + frame->size_bytes;
        }
        used += scanner.Garbage();
        buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(used));
        buffer_offset += used;
    }
    if (tally.recent) measured.marks.tail = tally.recent->Run();
    return measured;
}

}  // namespace aircheck::catalog
