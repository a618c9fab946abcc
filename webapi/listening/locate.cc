// SPDX-License-Identifier: MIT
#include "webapi/listening/locate.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "common/audio/frame_scanner.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kChunkBytes = 32 * 1024;

/// Appends up to a chunk of [offset, end) to `buffer`; false if the sound ends before.
bool ReadMore(const ReadSound& read, std::uint64_t offset, std::uint64_t end,
              std::vector<std::byte>& buffer) {
    const std::size_t held = buffer.size();
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, end - offset));
    buffer.resize(held + wanted);
    const std::size_t got = read(offset, std::span(buffer).subspan(held));
    buffer.resize(held + got);
    return got > 0;
}

}  // namespace

ReadSound FileReader(int fd) {
    return [fd](std::uint64_t offset, std::span<std::byte> into) {
        ssize_t got = 0;
        do {
            got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
        } while (got < 0 && errno == EINTR);
        if (got < 0) util::ThrowErrno("cannot read a segment");
        return static_cast<std::size_t>(got);
    };
}

std::optional<Position> LocateByIndex(const catalog::Segment& segment,
                                      const std::optional<catalog::IndexEntry>& entry,
                                      std::uint64_t sample) {
    if (sample == 0) return Position{0, segment.setup_bytes};
    if (sample >= segment.samples) return Position{segment.samples, segment.bytes};
    if (entry && entry->sample == sample && entry->offset < segment.bytes)
        return Position{entry->sample, entry->offset};
    return std::nullopt;
}

Position Locate(const ReadSound& read, const catalog::Segment& segment,
                const std::optional<catalog::IndexEntry>& entry, std::uint64_t sample) {
    if (const auto known = LocateByIndex(segment, entry, sample)) return *known;
    const Position end{segment.samples, segment.bytes};
    Position position{0, segment.setup_bytes};
    if (entry && entry->sample <= sample && entry->offset < segment.bytes) {
        position = {entry->sample, entry->offset};
    }
    audio::FrameScanner scanner(segment.format.codec);
    std::vector<std::byte> buffer;
    // Without the setup, pages of Ogg say nothing.
    for (std::uint64_t got = 0; got < segment.setup_bytes; got = buffer.size()) {
        if (!ReadMore(read, got, segment.setup_bytes, buffer)) return end;
    }
    scanner.Next(buffer);
    buffer.clear();
    std::size_t used = 0;  // of the buffer
    std::uint64_t read_to = position.byte;
    while (position.sample < sample) {
        if (const auto frame = scanner.Next(std::span(buffer).subspan(used))) {
            const std::size_t size = frame->offset_bytes + frame->size_bytes;
            used += size;
            position.byte += size;
            position.sample += frame->samples;
            continue;
        }
        const std::size_t garbage = std::min(scanner.Garbage(), buffer.size() - used);
        position.byte += garbage;
        buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(used + garbage));
        used = 0;
        const std::size_t held = buffer.size();
        if (read_to >= segment.bytes || !ReadMore(read, read_to, segment.bytes, buffer)) return end;
        read_to += buffer.size() - held;
        if (read_to >= segment.bytes) scanner.Finish();
    }
    return position;
}

}  // namespace aircheck::webapi
