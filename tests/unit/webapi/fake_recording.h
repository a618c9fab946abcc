// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/timestamp.h"
#include "tests/unit/common/audio/made_frames.h"

namespace aircheck::webapi {

inline time::SysTime At(std::string_view basic) {
    return *time::ParseBasic(basic);
}

inline constexpr std::chrono::seconds operator""_s(unsigned long long n) {
    return std::chrono::seconds{n};
}

/// A frame of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, unlike any with another number.
inline std::string FakeFrame(std::uint32_t number) {
    // 144 * 128000 / 44100 = 417.96: all but one in 25 frames are padded.
    const bool padded = number % 25 != 0;
    std::string frame(padded ? 418 : 417, '\0');
    frame[0] = '\xff';
    frame[1] = '\xfb';
    frame[2] = padded ? '\x92' : '\x90';
    for (std::size_t i = 4; i < 8; ++i) {
        frame[i] = static_cast<char>((number >> (i % 4 * 7)) & 0x7f);
    }
    // Copied, not computed, byte after byte: with sanitizers that takes seconds for an hour.
    char* const bytes = frame.data();
    const std::size_t size = frame.size();
    for (std::size_t i = 8; i < size; ++i) bytes[i] = bytes[i - 4];
    return frame;
}

inline constexpr std::uint32_t kFakeSamples = 1152;
inline constexpr audio::StreamFormat kFakeFormat{audio::Codec::kMpeg, 1, 3, 44100, 2};

inline time::Micros FakeDuration(std::uint64_t frames) {
    return time::Micros{static_cast<std::int64_t>(frames * kFakeSamples * 1'000'000 / 44100)};
}

/// A storage folder with a catalog and segments, filled as a downloader would.
class FakeRecording {
public:
    FakeRecording()
        : layout_(MakeFolder()), catalog_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}
    FakeRecording(const FakeRecording&) = delete;
    ~FakeRecording() { std::filesystem::remove_all(layout_.root()); }

    const storage::Layout& layout() const { return layout_; }
    catalog::Catalog& catalog() { return catalog_; }

    void AddTake(const std::string& take, time::SysTime connected) {
        catalog_.AddTake({take, "kpcc", "http://radio.example/", connected, std::nullopt, ""});
    }

    /// Frames numbered from `first`; written, known, and closed unless `open`.
    catalog::Segment AddSegment(const std::string& take, int sequence, time::SysTime start,
                                std::uint32_t first, std::uint32_t frames, bool open = false) {
        catalog::Segment segment;
        segment.station = "kpcc";
        segment.take = take;
        segment.sequence = sequence;
        const storage::SegmentName name{"kpcc", std::chrono::floor<std::chrono::seconds>(start),
                                        take, audio::Codec::kMpeg, open};
        segment.path = storage::Layout::RelativeSegmentPath(name);
        segment.start = segment.end = start;
        segment.format = kFakeFormat;
        std::filesystem::create_directories(layout_.Resolve(segment.path).parent_path());
        segment.id = catalog_.AddSegment(segment);
        Grow(segment, first, frames);
        if (!open) Close(segment);
        return segment;
    }

    /// The same of AAC.
    catalog::Segment AddAdtsSegment(const std::string& take, int sequence, time::SysTime start,
                                    std::uint32_t frames) {
        catalog::Segment segment;
        segment.station = "kpcc";
        segment.take = take;
        segment.sequence = sequence;
        segment.path = storage::Layout::RelativeSegmentPath(
            {"kpcc", std::chrono::floor<std::chrono::seconds>(start), take, audio::Codec::kAdts,
             false});
        segment.state = catalog::SegmentState::kClosed;
        segment.start = start;
        segment.end = start + time::Micros{std::int64_t{frames} * 1024 * 1'000'000 / 44100};
        segment.format = {audio::Codec::kAdts, 4, 2, 44100, 2};
        segment.frames = frames;
        segment.samples = std::uint64_t{1024} * frames;
        segment.bytes = std::uint64_t{200} * frames;
        std::ofstream file(layout_.Resolve(segment.path), std::ios::binary);
        for (std::uint32_t i = 0; i < frames; ++i) {
            const auto frame = audio::test::Adts(200, i);
            file.write(reinterpret_cast<const char*>(frame.data()), 200);
        }
        segment.id = catalog_.AddSegment(segment);
        return segment;
    }

    void Grow(catalog::Segment& segment, std::uint32_t first, std::uint32_t frames) {
        std::ofstream file(layout_.Resolve(segment.path), std::ios::binary | std::ios::app);
        catalog::SegmentProgress progress;
        for (std::uint32_t i = 0; i < frames; ++i) {
            if (segment.frames % 38 == 0)
                progress.index.push_back({segment.samples, segment.bytes});
            const std::string frame = FakeFrame(first + i);
            file << frame;
            segment.bytes += frame.size();
            segment.frames += 1;
            segment.samples += kFakeSamples;
        }
        file.close();
        segment.end = segment.start + FakeDuration(segment.frames);
        Fill(progress, segment);
        catalog_.Update({&progress, 1});
    }

    /// With the name of a closed segment, as the downloader does.
    void Close(catalog::Segment& segment) {
        std::string path = segment.path;
        if (path.ends_with(".part")) {
            path.resize(path.size() - 5);
            std::filesystem::rename(layout_.Resolve(segment.path), layout_.Resolve(path));
        }
        segment.path = path;
        segment.state = catalog::SegmentState::kClosed;
        catalog::SegmentProgress progress;
        Fill(progress, segment);
        catalog_.Close(progress, path);
    }

private:
    static void Fill(catalog::SegmentProgress& progress, const catalog::Segment& segment) {
        progress.id = segment.id;
        progress.start = segment.start;
        progress.end = segment.end;
        progress.bytes = segment.bytes;
        progress.frames = segment.frames;
        progress.samples = segment.samples;
    }

    static std::filesystem::path MakeFolder() {
        std::string folder = (std::filesystem::temp_directory_path() / "webapi-XXXXXX").string();
        EXPECT_NE(::mkdtemp(folder.data()), nullptr);
        return folder;
    }

    storage::Layout layout_;
    catalog::Catalog catalog_;
};

/// Frames `first` to `first + count` as one string.
inline std::string FakeFrames(std::uint32_t first, std::uint32_t count) {
    std::string bytes;
    for (std::uint32_t i = 0; i < count; ++i) bytes += FakeFrame(first + i);
    return bytes;
}

}  // namespace aircheck::webapi
