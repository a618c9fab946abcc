// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#include <cstring>

#include "common/audio/frame_scanner.h"
#include "tests/unit/common/audio/made_pages.h"

namespace {

using namespace aircheck::audio;

constexpr std::size_t kBufferBytes = 64 * 1024 * 1024;

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
void ScanAdts(benchmark::State& state) {
    Scan(state, Buffer(test::Adts(186)));
}
void ScanOpus(benchmark::State& state) {
    test::MadeOpus opus(7);
    test::Bytes buffer = opus.Headers();
    while (buffer.size() < kBufferBytes) test::Append(buffer, opus.Sound(50, 320));
    Scan(state, buffer);
}
void ScanGarbage(benchmark::State& state) {
    Scan(state, Buffer({std::byte{0x55}}));
}

// What reading every byte once would cost.
void Memchr(benchmark::State& state) {
    const test::Bytes buffer = Buffer({std::byte{0x55}});
    for (auto _ : state) benchmark::DoNotOptimize(std::memchr(buffer.data(), 0xFF, buffer.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}

BENCHMARK(ScanMp3);
BENCHMARK(ScanAdts);
BENCHMARK(ScanOpus);
BENCHMARK(ScanGarbage);
BENCHMARK(Memchr);

}  // namespace

BENCHMARK_MAIN();
