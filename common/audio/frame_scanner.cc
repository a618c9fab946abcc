// SPDX-License-Identifier: MIT
#include "common/audio/frame_scanner.h"

#include <algorithm>
#include <cstring>

#include "common/audio/adts_header.h"
#include "common/audio/mpeg_header.h"
#include "common/audio/tag.h"

namespace aircheck::audio {
namespace {

constexpr int kConfirmations = 2;
constexpr std::size_t kLongestHeader = std::max(kMpegHeaderBytes, kAdtsHeaderBytes);
constexpr std::size_t kLongestFrame = std::max(kMaxMpegFrameBytes, kMaxAdtsFrameBytes);
// A frame in free format is measured by another one, which is then confirmed.
static_assert((kConfirmations + 1) * kLongestFrame + kLongestHeader <= FrameScanner::kMaxHold);
static_assert(OggScanner::kMaxFrameBytes + 27 + 255 <= FrameScanner::kMaxHold);

bool MayBeginSomething(std::byte byte) {
    return byte == std::byte{0xFF} || byte == std::byte{'I'} || byte == std::byte{'T'} ||
           byte == std::byte{'A'} || byte == std::byte{'O'};
}

/// Where the next header may be from `at` on; the size if nowhere.
std::size_t NextSync(std::span<const std::byte> data, std::size_t at) {
    if (at >= data.size()) return data.size();
    const void* found = std::memchr(data.data() + at, 0xFF, data.size() - at);
    if (found == nullptr) return data.size();
    return static_cast<std::size_t>(static_cast<const std::byte*>(found) - data.data());
}

}  // namespace

std::optional<Frame> FrameScanner::Next(std::span<const std::byte> data) {
    std::optional<Frame> found;
    std::size_t at = 0;
    bool incomplete = false;
    while (!found && !incomplete) {
        const std::uint64_t tag_bytes = std::min<std::uint64_t>(tag_left_, data.size() - at);
        tag_left_ -= tag_bytes;
        at += tag_bytes;
        if (at == data.size()) break;

        Frame frame;
        switch (in_sync_ ? Follow(data.subspan(at), frame) : Search(data, at, frame)) {
            case Finding::kFrame:
                if (PassOver(data.subspan(at, frame.size_bytes), frame)) {
                    at += frame.size_bytes;
                } else {
                    frame.offset_bytes = at;
                    found = frame;
                }
                break;
            case Finding::kIncomplete:
                incomplete = true;
                break;
            case Finding::kTag:
            case Finding::kNothing:
                break;
        }
    }
    if (finished_ && !found) at = data.size();
    garbage_ = found ? 0 : at;
    skipped_ += at;
    return found;
}

/// A table is no sound.
bool FrameScanner::PassOver(std::span<const std::byte> bytes, const Frame& frame) {
    const bool mpeg = frame.format.codec == Codec::kMpeg;
    free_bytes_ = mpeg ? FreeBytes(bytes) : 0;
    return mpeg && IsMpegTable(bytes, frame.format);
}

/// Both kinds of header, told apart by the layer bits, which are 0 in ADTS only.
std::optional<Frame> FrameScanner::Header(std::span<const std::byte> data,
                                          std::uint32_t free_bytes) const {
    if (data.size() < 2 || data[0] != std::byte{0xFF}) return std::nullopt;
    const Codec codec = (data[1] & std::byte{0x06}) == std::byte{0} ? Codec::kAdts : Codec::kMpeg;
    if (codec_given_ && codec != *codec_) return std::nullopt;
    return codec == Codec::kAdts ? ParseAdtsHeader(data) : ParseMpegHeader(data, free_bytes);
}

FrameScanner::Finding FrameScanner::Tag(std::span<const std::byte> data) {
    const std::optional<std::uint64_t> size = TagSize(data);
    if (!size) return Finding::kNothing;
    if (*size == 0) return finished_ ? Finding::kNothing : Finding::kIncomplete;
    tag_left_ = *size;
    return Finding::kTag;
}

std::span<const std::byte> FrameScanner::Setup() const {
    return IsOgg(format_.codec) ? ogg_.Setup() : std::span<const std::byte>();
}

/// A page without sound is passed over as a tag is.
FrameScanner::Finding FrameScanner::Ogg(std::span<const std::byte> data, Frame& frame) {
    if (codec_given_ && !IsOgg(*codec_)) return Finding::kNothing;
    switch (ogg_.Next(data, finished_, frame)) {
        case OggScanner::Finding::kFrame:
            return Finding::kFrame;
        case OggScanner::Finding::kPage:
            tag_left_ = frame.size_bytes;
            return Finding::kTag;
        case OggScanner::Finding::kIncomplete:
            return Finding::kIncomplete;
        case OggScanner::Finding::kNothing:
            break;
    }
    return Finding::kNothing;
}

/// What stands at a frame boundary.
FrameScanner::Finding FrameScanner::Follow(std::span<const std::byte> data, Frame& frame) {
    if (IsOgg(format_.codec)) {
        const Finding finding = Ogg(data, frame);
        in_sync_ = finding != Finding::kNothing;
        if (finding == Finding::kFrame) format_ = frame.format;
        return finding;
    }
    if (const auto header = Header(data, free_bytes_); header && header->format == format_) {
        if (header->size_bytes > data.size()) return Finding::kIncomplete;
        frame = *header;
        return free_bytes_ != 0 ? FollowFree(data, frame) : Finding::kFrame;
    }
    const Finding tag = Tag(data);
    if (tag != Finding::kNothing) return tag;
    if (data.size() < kLongestHeader) return Finding::kIncomplete;
    in_sync_ = false;
    return Finding::kNothing;
}

/// `frame` begins `data`, and if it is in free format, it was taken to be as long as the last one.
/// Only what follows can tell of a change.
FrameScanner::Finding FrameScanner::FollowFree(std::span<const std::byte> data,
                                               Frame& frame) const {
    const auto rest = data.subspan(frame.size_bytes);
    if (rest.size() < kLongestHeader && !finished_) return Finding::kIncomplete;
    if (rest.empty() || Header(rest, free_bytes_) || TagSize(rest) || OggPageSize(rest))
        return Finding::kFrame;
    Frame other;
    const Finding measured = Measure(data, other);
    if (measured == Finding::kIncomplete) return measured;
    if (measured == Finding::kNothing) return Finding::kFrame;
    // Where one header is damaged, the one behind that seems to be the next.
    Frame beyond;
    const Finding as_before = Confirm(data.subspan(other.size_bytes), free_bytes_, beyond);
    if (as_before == Finding::kNothing) frame = other;
    return as_before == Finding::kIncomplete ? as_before : Finding::kFrame;
}

/// Whether a frame begins `data` and others follow it.
FrameScanner::Finding FrameScanner::Confirm(std::span<const std::byte> data,
                                            std::uint32_t free_bytes, Frame& frame) const {
    const Finding unclear = finished_ ? Finding::kNothing : Finding::kIncomplete;
    const auto first = Header(data, free_bytes);
    if (!first) return data.size() < kLongestHeader ? unclear : Finding::kNothing;

    frame = *first;
    std::size_t next = first->size_bytes;
    for (int confirmed = 0; confirmed < kConfirmations; ++confirmed) {
        // At the end of a file whatever does not contradict will do, if the frame is whole.
        const std::size_t left = data.size() - std::min(next, data.size());
        const bool whole = data.size() >= first->size_bytes;
        const Finding cut_off = finished_ && whole ? Finding::kFrame : unclear;
        if (left == 0) return cut_off;

        const auto rest = data.subspan(next);
        if (const auto tag_size = TagSize(rest)) return *tag_size > 0 ? Finding::kFrame : cut_off;
        const auto header = Header(rest, free_bytes);
        if (!header && left < kLongestHeader) return cut_off;
        if (!header || header->format != first->format) return Finding::kNothing;
        next += header->size_bytes;
    }
    return Finding::kFrame;
}

/// Whether a frame in free format begins `data`: the next one stands at a distance that is
/// confirmed by those that follow.
FrameScanner::Finding FrameScanner::Measure(std::span<const std::byte> data, Frame& frame) const {
    if (codec_given_ && codec_ != Codec::kMpeg) return Finding::kNothing;
    const auto first = ParseFreeHeader(data);
    if (!first) return Finding::kNothing;
    const std::size_t most = first->most_bytes + first->padding;
    for (std::size_t at = NextSync(data, first->least_bytes + first->padding); at <= most;
         at = NextSync(data, at + 1)) {
        if (data.size() - at < kMpegHeaderBytes)
            return finished_ ? Finding::kNothing : Finding::kIncomplete;
        const auto next = ParseFreeHeader(data.subspan(at));
        if (!next || next->format != first->format) continue;
        const auto free_bytes = static_cast<std::uint32_t>(at) - first->padding;
        const Finding finding = Confirm(data, free_bytes, frame);
        if (finding != Finding::kNothing) return finding;
    }
    return Finding::kNothing;
}

FrameScanner::Finding FrameScanner::Begin(std::span<const std::byte> data, Frame& frame) {
    switch (std::to_integer<char>(data[0])) {
        case '\xFF': {
            const Finding finding = Confirm(data, free_bytes_, frame);
            return finding == Finding::kNothing ? Measure(data, frame) : finding;
        }
        case 'O':
            return Ogg(data, frame);
        default:
            return Tag(data);
    }
}

/// Moves `at` to the first place from there where something begins.
FrameScanner::Finding FrameScanner::Search(std::span<const std::byte> data, std::size_t& at,
                                           Frame& frame) {
    for (; at < data.size(); ++at) {
        if (!MayBeginSomething(data[at])) continue;
        const auto rest = data.subspan(at);
        const Finding finding = Begin(rest, frame);
        if (finding == Finding::kNothing) continue;
        if (finding == Finding::kFrame) {
            in_sync_ = true;
            format_ = frame.format;
            codec_ = frame.format.codec;
        }
        return finding;
    }
    return Finding::kNothing;
}

}  // namespace aircheck::audio
