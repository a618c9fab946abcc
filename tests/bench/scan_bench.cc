// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cstring>

#include "common/audio/frame_scanner.h"
#include "common/audio/ogg_writer.h"
#include "common/audio/splice.h"
#include "tests/unit/common/audio/made_pages.h"

namespace {

using namespace aircheck::audio;

constexpr std::size_t kBufferBytes = 64 * 1024 * 1024;

// As a recorder has them: in pieces that stay in the cache.
constexpr std::size_t kPieceBytes = 16 * 1024;

constexpr std::uint32_t kRate = 44100;
constexpr std::uint32_t kFrameSamples = 1152;
constexpr std::size_t kOverlapFrames = std::size_t{30} * kRate / kFrameSamples;

test::Bytes Buffer(const test::Bytes& frame) {
    test::Bytes buffer;
    while (buffer.size() < kBufferBytes) test::Append(buffer, frame);
    return buffer;
}

void Scan(benchmark::State& state, const test::Bytes& buffer) {
    for (auto _ : state) {
        FrameScanner scanner;
        std::span<const std::byte> left(buffer);
        while (const auto frame = scanner.Next(left))
            left = left.subspan(frame->offset_bytes + frame->size_bytes);
        benchmark::DoNotOptimize(left.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}

void ScanMp3(benchmark::State& state) {
    Scan(state, Buffer(test::Mp3()));
}
void ScanFreeFormat(benchmark::State& state) {
    Scan(state, Buffer(test::FreeMp3(417)));
}
void ScanAdts(benchmark::State& state) {
    Scan(state, Buffer(test::Adts(186)));
}
void ScanOpus(benchmark::State& state) {
    test::MadeOpus opus(7);
    test::Bytes buffer = opus.Headers();
    while (buffer.size() < kBufferBytes) test::Append(buffer, opus.Sound(50, 320));
    Scan(state, buffer);
}

// What a listener of Ogg costs.
void RewriteOpus(benchmark::State& state) {
    test::MadeOpus opus(7);
    test::Bytes setup = opus.Headers();
    test::Bytes buffer;
    while (buffer.size() < kBufferBytes) test::Append(buffer, opus.Sound(50, 320));
    for (auto _ : state) {
        OggWriter writer;
        writer.Begin(setup);
        benchmark::DoNotOptimize(writer.Rewrite(buffer, true));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}

void ScanGarbage(benchmark::State& state) {
    Scan(state, Buffer({std::byte{0x55}}));
}

// All that recording does with the sound itself.
void ScanAndMark(benchmark::State& state, const test::Bytes& frame) {
    test::Bytes piece;
    while (piece.size() + frame.size() <= kPieceBytes) test::Append(piece, frame);
    FrameScanner scanner;
    for (auto _ : state) {
        std::span<const std::byte> left(piece);
        while (const auto found = scanner.Next(left)) {
            const auto mark =
                MarkFrame(*found, left.subspan(found->offset_bytes, found->size_bytes));
            benchmark::DoNotOptimize(mark);
            left = left.subspan(found->offset_bytes + found->size_bytes);
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(piece.size()));
}

void ScanAndMarkMp3(benchmark::State& state) {
    ScanAndMark(state, test::Mp3());
}
void ScanAndMarkAdts(benchmark::State& state) {
    ScanAndMark(state, test::Adts(186));
}

/// So long a run, in which a frame comes again every `period` frames.
MarkRun Run(std::size_t frames, std::size_t period) {
    MarkRun run;
    for (std::size_t i = 0; i < frames; ++i)
        run.marks.push_back({static_cast<std::uint32_t>(i % period * 2654435761U), kFrameSamples});
    return run;
}

/// Two takes of which the older ends with, the newer begins with 30 s of the same sound.
void Overlap(benchmark::State& state, std::size_t period) {
    const MarkRun sound = Run(2 * kOverlapFrames, period);
    const auto half = static_cast<std::ptrdiff_t>(kOverlapFrames / 2);
    const MarkRun older{.begin = 0, .marks = {sound.marks.begin(), sound.marks.end() - half}};
    const MarkRun newer{.begin = 0, .marks = {sound.marks.begin() + half, sound.marks.end()}};
    const auto expected = std::int64_t{kOverlapFrames / 2} * kFrameSamples;
    for (auto _ : state) {
        const auto match = FindOverlap(older, newer, expected, std::uint64_t{10} * kRate);
        if (!match) return state.SkipWithError("no match");
        benchmark::DoNotOptimize(match);
    }
}

void OverlapOfMusic(benchmark::State& state) {
    Overlap(state, 1'000'000);
}
void OverlapOfTwoSecondLoop(benchmark::State& state) {
    Overlap(state, 77);
}
void OverlapOfSilence(benchmark::State& state) {
    Overlap(state, 1);
}

// What reading every byte once would cost.
void Memchr(benchmark::State& state) {
    const test::Bytes buffer = Buffer({std::byte{0x55}});
    for (auto _ : state) benchmark::DoNotOptimize(std::memchr(buffer.data(), 0xFF, buffer.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}

BENCHMARK(ScanMp3);
BENCHMARK(ScanFreeFormat);
BENCHMARK(ScanAdts);
BENCHMARK(ScanOpus);
BENCHMARK(RewriteOpus);
BENCHMARK(ScanGarbage);
BENCHMARK(ScanAndMarkMp3);
BENCHMARK(ScanAndMarkAdts);
BENCHMARK(Memchr);
BENCHMARK(OverlapOfMusic)->Unit(benchmark::kMicrosecond);
BENCHMARK(OverlapOfTwoSecondLoop)->Unit(benchmark::kMicrosecond);
BENCHMARK(OverlapOfSilence)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
