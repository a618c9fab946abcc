// SPDX-License-Identifier: MIT
#include "common/audio/ogg_writer.h"

#include <algorithm>
#include <utility>

namespace aircheck::audio {
namespace {

constexpr std::uint8_t kContinued = 1;
constexpr std::uint8_t kFirst = 2;
constexpr std::uint8_t kLast = 4;

}  // namespace

void OggWriter::Begin(std::span<std::byte> setup) {
    setup_ = ReadOggSetup(setup);
    ++serial_;
    sequence_ = 0;
    granule_ = 0;
    in_packet_ = false;
    half_block_ = 0;
    before_.reset();
    if (!setup_) return;
    while (const auto page = ParseOggPage(setup)) {
        const auto flags =
            static_cast<std::uint8_t>((page->flags & kContinued) | (sequence_ == 0 ? kFirst : 0));
        const std::int64_t granule = page->granule == -1 ? -1 : 0;
        RewriteOggPage(setup.first(page->size()), {flags, granule, serial_, sequence_++});
        setup = setup.subspan(page->size());
    }
}

std::size_t OggWriter::Rewrite(std::span<std::byte> data, bool last) {
    if (!setup_) return data.size();
    std::size_t at = 0;
    while (at < data.size()) {
        const auto rest = data.subspan(at);
        const auto size = OggPageSize(rest);
        if (size && (*size == 0 || *size > rest.size())) break;
        const auto page = ParseOggPage(rest);
        if (!page) {
            ++at;
            continue;
        }
        at += *size;
        RewriteSound(rest.first(*size), *page, last && at == data.size());
    }
    return at;
}

void OggWriter::RewriteSound(std::span<std::byte> bytes, const OggPage& page, bool last) {
    const bool follows = before_ && page.sequence == before_->sequence + 1;
    const bool goes_on = in_packet_ && follows && page.Continued();
    // A hole in the numbers keeps a decoder from joining the parts of two packets.
    if (in_packet_ && page.Continued() && !goes_on) ++sequence_;

    std::uint64_t samples = 0;
    bool known = goes_on;  // the beginning of the packet at hand
    bool ends = false;
    ForEachPacket(page, [&](const OggPacket& packet) {
        if (packet.begins) packet_samples_ = setup_->timer.Samples(packet.bytes);
        known = known || packet.begins;
        if (packet.ends && known) samples += Output(packet_samples_);
        ends = ends || packet.ends;
    });
    in_packet_ = page.Unfinished();

    // The end of a track may be cut shorter than its last packet.
    if (last && page.Last() && follows && page.granule > before_->granule &&
        before_->granule >= 0) {
        const auto kept = static_cast<std::uint64_t>(page.granule - before_->granule);
        samples = std::min(samples, kept);
    }
    granule_ += static_cast<std::int64_t>(samples);
    const auto flags = static_cast<std::uint8_t>((page.flags & kContinued) | (last ? kLast : 0));
    before_ = OggPage{page.flags, page.granule, page.serial, page.sequence, {}, {}};
    RewriteOggPage(bytes, {flags, ends ? granule_ : -1, serial_, sequence_++});
}

/// What a decoder puts out for a whole packet. That of Vorbis needs the packet before as well.
std::uint64_t OggWriter::Output(std::uint32_t samples) {
    if (setup_->format.codec != Codec::kVorbis || samples == 0) return samples;
    const std::uint32_t before = std::exchange(half_block_, samples);
    return before == 0 ? 0 : (before + samples) / 2;
}

}  // namespace aircheck::audio
