// SPDX-License-Identifier: MIT
#include "loudness/hearing.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/archive/read_segment.h"
#include "common/util/error.h"

namespace aircheck::loudness {
namespace {

/// Of a stream's header pages; more is not believed (as by OggHeaders).
constexpr std::uint64_t kMostSetupBytes = std::uint64_t{2} << 20;

/// Appends up to `wanted` of the bytes from `offset` on; answers how many there were.
std::size_t Read(int fd, std::uint64_t offset, std::size_t wanted, std::vector<std::byte>& to) {
    const std::size_t before = to.size();
    to.resize(before + wanted);
    std::size_t got = 0;
    while (got < wanted) {
        const ssize_t length =
            ::pread(fd, to.data() + before + got, wanted - got, static_cast<off_t>(offset + got));
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) util::ThrowErrno("cannot read a segment");
        if (length == 0) break;
        got += static_cast<std::size_t>(length);
    }
    to.resize(before + got);
    return got;
}

}  // namespace

Hearing::Hearing(const storage::Layout& layout, const catalog::Segment& segment, const Start& start)
    : segment_(segment),
      file_(archive::OpenSegment(layout.Resolve(segment.path))),
      scanner_(segment.format.codec),
      meter_(segment.format.sample_rate, start.at.sample, start.known),
      position_(start.at.offset) {
    // What is being written is in the memory anyway.
    if (segment.state == catalog::SegmentState::kClosed)
        passing_.emplace(file_.get(), segment.bytes);
    // A stream begins with its headers, wherever one goes on with it.
    const std::uint64_t setup = std::min(segment.setup_bytes, kMostSetupBytes);
    if (position_ >= setup) Read(file_.get(), 0, static_cast<std::size_t>(setup), buffer_);
    if (position_ < setup) position_ = 0;
}

void Hearing::Hear(std::uint64_t end, std::size_t limit) {
    if (position_ >= end) return;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(end - position_, limit));
    const std::size_t got = Read(file_.get(), position_, wanted, buffer_);
    // A file that is shorter than it should be has no more to say.
    position_ = got == wanted ? position_ + got : end;
    Scan();
}

void Hearing::Finish() {
    scanner_.Finish();
    Scan();
    finished_ = true;
}

void Hearing::Scan() {
    std::size_t used = 0;
    while (const auto frame = scanner_.Next(std::span(buffer_).subspan(used))) {
        const auto bytes = std::span(buffer_).subspan(used + frame->offset_bytes);
        Decode(*frame, bytes.first(frame->size_bytes));
        used += frame->offset_bytes + frame->size_bytes;
    }
    used += scanner_.Garbage();
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(used));
}

void Hearing::Decode(const audio::Frame& frame, std::span<const std::byte> bytes) {
    if (frame.format != segment_.format) return;  // as whoever measures it has passed it over
    if (!decoder_) decoder_.emplace(frame.format, scanner_.Setup());
    powers_.clear();
    decoder_->Decode(bytes, powers_);
    meter_.Add(frame.samples, powers_);
}

catalog::SegmentLevels Hearing::Take() {
    auto levels = finished_ ? meter_.TakeAll() : meter_.Take();
    const std::size_t first = meter_.next() - levels.size();
    return {segment_.id, first, std::move(levels), finished_};
}

}  // namespace aircheck::loudness
