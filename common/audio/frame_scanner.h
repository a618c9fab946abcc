// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/audio/frame.h"
#include "common/audio/ogg_scanner.h"

namespace aircheck::audio {

/// Finds whole codec frames in a byte stream that may begin anywhere, carry tags, or be damaged.
/// Holds no bytes: the caller keeps what has not been consumed and appends to it.
///
///     while (auto frame = scanner.Next(buffer.subspan(used))) {
///         // frame->offset_bytes counts from the span just given
///         used += frame->offset_bytes + frame->size_bytes;
///     }
///     used += scanner.Garbage();   // bytes before any possible frame: drop them too
///
/// A frame found in sync is taken when its own header is sound. Out of sync (at the start, after
/// garbage, where the format changes) it is taken only if two more headers of the same format, or
/// a tag, follow where it says they must; `Finish` lifts that for the end of a file. ID3v1/v2 and
/// APE tags, and MPEG frames that hold a Xing, Info or VBRI table instead of sound, are skipped and
/// counted as garbage; sync survives them. So are the pages of an Ogg stream that hold no sound;
/// the checksum is all that confirms a page. How long MPEG frames in free format are is
/// measured by the headers that follow; each is taken when something follows it. Without a codec
/// given, it settles on the first one that comes into sync, and again on another one if the stream
/// goes over to that. The frames found depend on the bytes alone, not on how they were cut into
/// calls.
class FrameScanner {
public:
    explicit FrameScanner(std::optional<Codec> codec = std::nullopt)
        : codec_(codec), codec_given_(codec.has_value()), ogg_(codec) {}

    /// The first whole frame in `data`, or nullopt if more bytes are needed. `data` starts where
    /// the last call's frame ended (or after the garbage that it reported).
    std::optional<Frame> Next(std::span<const std::byte> data);

    /// After a nullopt: how many bytes at the front of `data` cannot begin a frame any more. At
    /// most `kMaxHold` bytes are ever left for the caller to keep.
    std::size_t Garbage() const { return garbage_; }

    /// Ogg: the header pages, as received, of the logical stream that the last frame belongs to.
    /// They must come before any of its frames. Empty for other codecs.
    std::span<const std::byte> Setup() const;

    /// No more bytes will come: accept frames without what should follow them.
    void Finish() { finished_ = true; }

    std::optional<Codec> codec() const { return codec_; }

    /// All bytes passed over so far because they were no frame.
    std::uint64_t skipped_bytes() const { return skipped_; }

    static constexpr std::size_t kMaxHold = 320 * 1024;

private:
    enum class Finding { kFrame, kTag, kNothing, kIncomplete };

    bool PassOver(std::span<const std::byte> bytes, const Frame& frame);
    std::optional<Frame> Header(std::span<const std::byte> data, std::uint32_t free_bytes) const;
    Finding Tag(std::span<const std::byte> data);
    Finding Ogg(std::span<const std::byte> data, Frame& frame);
    Finding Follow(std::span<const std::byte> data, Frame& frame);
    Finding FollowFree(std::span<const std::byte> data, Frame& frame) const;
    Finding Confirm(std::span<const std::byte> data, std::uint32_t free_bytes, Frame& frame) const;
    Finding Measure(std::span<const std::byte> data, Frame& frame) const;
    Finding Begin(std::span<const std::byte> data, Frame& frame);
    Finding Search(std::span<const std::byte> data, std::size_t& at, Frame& frame);

    std::optional<Codec> codec_;
    bool codec_given_;
    OggScanner ogg_;
    bool in_sync_ = false;
    bool finished_ = false;
    StreamFormat format_;
    std::uint32_t free_bytes_ = 0;  // of the last MPEG frame without padding, if in free format
    std::size_t garbage_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t tag_left_ = 0;  // bytes of a tag that are still to be skipped
};

}  // namespace aircheck::audio
