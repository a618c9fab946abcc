// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/audio/frame.h"
#include "common/audio/ogg_header.h"
#include "common/audio/ogg_page.h"

namespace aircheck::audio {

/// The part of FrameScanner that knows Ogg. Follows one logical stream of sound at a time, through
/// chained ones; other tracks beside it are passed over.
///
/// A frame is one page. But where its last packet goes on in the next page, that one belongs to it,
/// so that a packet is never cut. Two takes agree on frames only if they begin at the same border:
/// so the sound of a stream that has been joined begins with the first page that does not begin
/// within a packet.
class OggScanner {
public:
    /// A frame that would become longer is cut all the same.
    static constexpr std::size_t kMaxFrameBytes = 5 * kMaxOggPageBytes;

    /// So much is passed over at the beginning of a stream for the sake of a page that cuts no
    /// packet.
    static constexpr std::size_t kMaxPassedOver = 3 * kMaxOggPageBytes;

    /// With a codec given, only that one is taken; and as it has been recorded before, its first
    /// page is sound wherever it begins.
    explicit OggScanner(std::optional<Codec> recorded) : recorded_(recorded) {}

    enum class Finding {
        kFrame,
        kPage,        // a page that is no sound; `frame` has its size
        kNothing,     // no page
        kIncomplete,  // more bytes are needed to tell
    };

    /// What begins `data`. `finished`: no more bytes will come.
    Finding Next(std::span<const std::byte> data, bool finished, Frame& frame);

    /// The header pages of the stream that the last frame belongs to.
    std::span<const std::byte> Setup() const;

private:
    void Begin(const OggPage& page, std::span<const std::byte> bytes);
    void Collect(const OggPage& page, std::span<const std::byte> bytes);
    bool MayBeginSound(const OggPage& page);
    Finding Sound(OggPage page, std::span<const std::byte> data, bool finished, Frame& frame);
    std::uint32_t Samples(const OggPage& page) const;

    std::optional<Codec> recorded_;
    std::optional<OggHeaders> opening_;  // its headers are not complete yet
    bool tracks_begin_ = false;          // the last page was the first of its stream
    std::optional<OggHeaders> current_;
    bool begun_ = false;           // a frame of it has been found
    std::size_t passed_over_ = 0;  // bytes before that
};

}  // namespace aircheck::audio
