// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <random>

#include "common/audio/frame_scanner.h"
#include "tests/fuzz/ogg_mutator.h"
#include "tests/unit/common/audio/made_frames.h"

namespace {

using aircheck::audio::Codec;
using aircheck::audio::FrameScanner;
using aircheck::audio::test::Scan;
using aircheck::audio::test::ScanInCuts;

void Require(bool holds) {
    if (!holds) std::abort();
}

// Frames lie in order within the stream, and every byte is either sound or counted as skipped.
void Check(const Scan& scan, std::size_t stream_bytes) {
    std::uint64_t end = 0;
    std::uint64_t sound = 0;
    for (const auto& frame : scan.frames) {
        Require(frame.position >= end && frame.size > 0 && frame.samples > 0);
        end = frame.position + frame.size;
        sound += frame.size;
    }
    Require(end <= stream_bytes && sound + scan.skipped == stream_bytes);
    Require(scan.most_held <= FrameScanner::kMaxHold);
}

}  // namespace

// The first two bytes choose the codec and the cuts, the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    constexpr std::optional<Codec> kCodecs[]{std::nullopt, Codec::kMpeg,   Codec::kAdts,
                                             Codec::kOpus, Codec::kVorbis, Codec::kFlac};
    const auto codec = kCodecs[data[0] % std::size(kCodecs)];
    const std::size_t longest_cut = 1 + data[1] * std::size_t{8};
    const auto stream = std::as_bytes(std::span(data, size)).subspan(2);

    const Scan whole = ScanInCuts(
        stream, [&] { return stream.size(); }, codec);
    Check(whole, stream.size());

    std::minstd_rand random(data[1]);
    const Scan cut = ScanInCuts(
        stream, [&] { return 1 + random() % longest_cut; }, codec);
    Check(cut, stream.size());
    Require(cut == whole);
    return 0;
}
