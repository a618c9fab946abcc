// SPDX-License-Identifier: MIT
#include "common/audio/ogg_scanner.h"

namespace aircheck::audio {

OggScanner::Finding OggScanner::Next(std::span<const std::byte> data, bool finished, Frame& frame) {
    const auto size = OggPageSize(data);
    if (!size) return Finding::kNothing;
    if (*size == 0 || *size > data.size())
        return finished ? Finding::kNothing : Finding::kIncomplete;
    const auto page = ParseOggPage(data);
    if (!page) return Finding::kNothing;

    const auto bytes = data.first(*size);
    frame.size_bytes = static_cast<std::uint32_t>(*size);
    if (page->First()) {
        Begin(*page, bytes);
        return Finding::kPage;
    }
    tracks_begin_ = false;
    if (opening_ && opening_->serial() == page->serial) {
        Collect(*page, bytes);
        return Finding::kPage;
    }
    if (!current_ || current_->serial() != page->serial || !MayBeginSound(*page))
        return Finding::kPage;
    return Sound(*page, data, finished, frame);
}

std::span<const std::byte> OggScanner::Setup() const {
    return current_ ? current_->pages() : std::span<const std::byte>();
}

void OggScanner::Begin(const OggPage& page, std::span<const std::byte> bytes) {
    // Of several tracks that begin together the first one with sound counts.
    const bool beside_another = tracks_begin_ && opening_;
    tracks_begin_ = true;
    if (beside_another) return;
    const auto codec = OggHeaders::CodecOf(page);
    if (codec && (!recorded_ || *codec == *recorded_)) {
        opening_.emplace(page, bytes);
    } else if (current_ && current_->serial() == page.serial) {
        current_.reset();
    }
}

void OggScanner::Collect(const OggPage& page, std::span<const std::byte> bytes) {
    switch (opening_->Add(page, bytes)) {
        case OggHeaders::State::kMore:
            return;
        case OggHeaders::State::kComplete:
            current_ = std::move(opening_);
            begun_ = recorded_.has_value();
            passed_over_ = 0;
            break;
        case OggHeaders::State::kUnusable:
            if (current_ && current_->serial() == opening_->serial()) current_.reset();
            break;
    }
    opening_.reset();
}

bool OggScanner::MayBeginSound(const OggPage& page) {
    // There may be streams in which every page begins within a packet.
    if (begun_ || !page.Continued() || passed_over_ > kMaxPassedOver) return true;
    passed_over_ += page.size();
    return false;
}

/// `page` begins `data`.
OggScanner::Finding OggScanner::Sound(OggPage page, std::span<const std::byte> data, bool finished,
                                      Frame& frame) {
    std::size_t size = page.size();
    std::uint32_t samples = Samples(page);
    while (page.Unfinished() && !page.Last()) {
        const auto rest = data.subspan(size);
        const auto next_size = OggPageSize(rest);
        if (!next_size || size + *next_size > kMaxFrameBytes) break;
        if (*next_size == 0 || *next_size > rest.size()) {
            // A packet that never ends cannot be known again in another take.
            return finished ? Finding::kNothing : Finding::kIncomplete;
        }
        const auto next = ParseOggPage(rest);
        if (!next || next->First() || !next->Continued() || next->serial != page.serial ||
            next->sequence != page.sequence + 1)
            break;
        page = *next;
        size += *next_size;
        samples += Samples(page);
    }
    frame.size_bytes = static_cast<std::uint32_t>(size);
    if (samples == 0) return Finding::kPage;
    frame.samples = samples;
    frame.format = current_->setup()->format;
    begun_ = true;
    return Finding::kFrame;
}

std::uint32_t OggScanner::Samples(const OggPage& page) const {
    std::uint32_t samples = 0;
    ForEachPacket(page, [&](const OggPacket& packet) {
        if (packet.begins) samples += current_->setup()->timer.Samples(packet.bytes);
    });
    return samples;
}

}  // namespace aircheck::audio
