// SPDX-License-Identifier: MIT
#include "common/catalog/measure.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>
#include <utility>

#include "common/audio/frame_scanner.h"
#include "common/audio/splice.h"
#include "common/util/error.h"

namespace aircheck::catalog {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Up to as many of the bytes from `offset` on as there is room for; 0 at the end.
std::size_t ReadPiece(int fd, std::uint64_t offset, std::span<std::byte> piece) {
    ssize_t length = 0;
    do {
        length = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(offset));
    } while (length < 0 && errno == EINTR);
    if (length < 0) util::ThrowErrno("cannot read a segment");
    return static_cast<std::size_t>(length);
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

struct SegmentMeter::State {
    explicit State(audio::Codec codec) : scanner(codec) {}

    void Scan(bool more);

    Tally tally;
    audio::FrameScanner scanner;
    std::vector<std::byte> buffer;
    std::uint64_t buffer_offset = 0;
};

/// Takes the frames off the buffer's front.
void SegmentMeter::State::Scan(bool more) {
    Measured& measured = tally.measured;
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

SegmentMeter::SegmentMeter(audio::Codec codec) : state_(std::make_unique<State>(codec)) {}
SegmentMeter::~SegmentMeter() = default;

void SegmentMeter::Add(std::span<const std::byte> bytes) {
    state_->buffer.insert(state_->buffer.end(), bytes.begin(), bytes.end());
    state_->Scan(true);
}

Measured SegmentMeter::Finish() {
    state_->scanner.Finish();
    state_->Scan(false);
    Tally& tally = state_->tally;
    if (tally.recent) tally.measured.marks.tail = tally.recent->Run();
    return std::move(tally.measured);
}

Measured MeasureSegment(int fd, audio::Codec codec, std::uint64_t limit) {
    SegmentMeter meter(codec);
    std::vector<std::byte> piece(kPieceBytes);
    for (std::uint64_t offset = 0; offset < limit;) {
        const std::size_t wanted = std::min<std::uint64_t>(kPieceBytes, limit - offset);
        const std::size_t length = ReadPiece(fd, offset, std::span(piece).first(wanted));
        if (length == 0) break;
        meter.Add(std::span(piece).first(length));
        offset += length;
    }
    return meter.Finish();
}

}  // namespace aircheck::catalog
