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
    state_ = {.serial = state_.serial + 1};
    if (!setup_) return;
    while (const auto page = ParseOggPage(setup)) {
        const auto flags = static_cast<std::uint8_t>((page->flags & kContinued) |
                                                     (state_.sequence == 0 ? kFirst : 0));
        const std::int64_t granule = page->granule == -1 ? -1 : 0;
        RewriteOggPage(setup.first(page->size()),
                       {flags, granule, state_.serial, state_.sequence++});
        setup = setup.subspan(page->size());
    }
}

void OggWriter::Resume(const State& state, std::span<const std::byte> setup) {
    setup_ = ReadOggSetup(setup);
    state_ = state;
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
    const bool follows = state_.before && page.sequence == state_.before->sequence + 1;
    const bool goes_on = state_.in_packet && follows && page.Continued();
    // A hole in the numbers keeps a decoder from joining the parts of two packets.
    if (state_.in_packet && page.Continued() && !goes_on) ++state_.sequence;

    std::uint64_t samples = 0;
    bool known = goes_on;  // the beginning of the packet at hand
    bool ends = false;
    ForEachPacket(page, [&](const OggPacket& packet) {
        if (packet.begins) state_.packet_samples = setup_->timer.Samples(packet.bytes);
        known = known || packet.begins;
        if (packet.ends && known) samples += Output(state_.packet_samples);
        ends = ends || packet.ends;
    });
    state_.in_packet = page.Unfinished();

    // The end of a track may be cut shorter than its last packet.
    if (last && page.Last() && follows && page.granule > state_.before->granule &&
        state_.before->granule >= 0) {
        const auto kept = static_cast<std::uint64_t>(page.granule - state_.before->granule);
        samples = std::min(samples, kept);
    }
    state_.granule += static_cast<std::int64_t>(samples);
    const auto flags = static_cast<std::uint8_t>((page.flags & kContinued) | (last ? kLast : 0));
    state_.before = OggPageHeader{page.flags, page.granule, page.serial, page.sequence};
    RewriteOggPage(bytes, {flags, ends ? state_.granule : -1, state_.serial, state_.sequence++});
}

/// What a decoder puts out for a whole packet. That of Vorbis needs the packet before as well.
std::uint64_t OggWriter::Output(std::uint32_t samples) {
    if (setup_->format.codec != Codec::kVorbis || samples == 0) return samples;
    const std::uint32_t before = std::exchange(state_.half_block, samples);
    return before == 0 ? 0 : (before + samples) / 2;
}

}  // namespace aircheck::audio
