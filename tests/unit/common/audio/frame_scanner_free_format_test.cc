// SPDX-License-Identifier: MIT
// Frames whose size no header tells.
#include <gtest/gtest.h>

#include "common/audio/frame_scanner.h"
#include "tests/unit/common/audio/made_streams.h"

namespace aircheck::audio {
namespace {

using namespace test;  // NOLINT: the makers of frames

TEST(FrameScannerFreeFormat, MeasuresTheFrames) {
    for (const std::size_t size : {std::size_t{40}, std::size_t{653}, std::size_t{2089}}) {
        const Scan scan = ScanWhole(FreeMp3s(50, size));
        ASSERT_EQ(scan.frames.size(), 50u) << size;
        EXPECT_EQ(scan.skipped, 0u);
        EXPECT_EQ(scan.frames[0].size, size + 1);
        EXPECT_EQ(scan.frames[1].size, size);
        EXPECT_EQ(scan.frames[1].samples, 1152u);
    }
    EXPECT_TRUE(ScanWhole(FreeMp3s(50, 2091)).frames.empty());  // above 640 kbit/s
}

TEST(FrameScannerFreeFormat, MeasuresEveryVersionAndLayer) {
    struct Case {
        Bytes frame;
        std::uint32_t samples;
    };
    const std::vector<Case> cases{
        {FrameOf({0xFF, 0xFD, 0x00, 0x04}, 653, 0), 1152},    // layer II
        {FrameOf({0xFF, 0xF5, 0x00, 0x04}, 653, 0), 1152},    // MPEG-2
        {FrameOf({0xFF, 0xF3, 0x00, 0xC4}, 119, 0), 576},     // layer III, mono
        {FrameOf({0xFF, 0xE3, 0x08, 0xC4}, 5760, 0), 576},    // 2.5 at 8 kHz
        {FrameOf({0xFF, 0xE5, 0x08, 0xC4}, 11520, 0), 1152},  // the longest there are
    };
    for (const Case& each : cases) {
        const Scan scan = ScanWhole(Frames(5, [&](unsigned) { return each.frame; }));
        ASSERT_EQ(scan.frames.size(), 5u) << each.frame.size();
        EXPECT_EQ(scan.frames[0].size, each.frame.size());
        EXPECT_EQ(scan.frames[0].samples, each.samples);
    }
}

TEST(FrameScannerFreeFormat, BeginsInTheMiddleOfAFrame) {
    const Bytes stream = FreeMp3s(10);
    const Scan scan = ScanWhole({stream.begin() + 100, stream.end()});
    EXPECT_EQ(scan.frames.size(), 9u);
    EXPECT_EQ(scan.skipped, 554u);
}

TEST(FrameScannerFreeFormat, FollowsAChangeOfTheSize) {
    const Scan scan = ScanWhole(Join({FreeMp3s(9), FreeMp3s(9, 500), FreeMp3s(9, 700)}));
    EXPECT_EQ(scan.frames.size(), 27u);
    EXPECT_EQ(scan.skipped, 0u);
    EXPECT_EQ(scan.frames[10].size, 500u);
    EXPECT_EQ(scan.frames[19].size, 700u);
}

TEST(FrameScannerFreeFormat, StandsBesideBitratesThatAreTold) {
    const Scan scan = ScanWhole(Join({Mp3s(5), FreeMp3s(5), Mp3s(5), FreeMp3s(5, 800)}));
    EXPECT_EQ(scan.frames.size(), 20u);
    EXPECT_EQ(scan.skipped, 0u);
}

TEST(FrameScannerFreeFormat, SyncSurvivesTagsAndTables) {
    Bytes info(653, std::byte{0});
    Overwrite(info, 0, FreeMp3(653), 4);
    Overwrite(info, 36, ToBytes("Info"), 4);
    const Scan scan =
        ScanWhole(Join({info, FreeMp3s(4), Id3v1(), FreeMp3(653), Id3v2(3000), info, FreeMp3s(4)}));
    EXPECT_EQ(scan.frames.size(), 9u);
    EXPECT_EQ(scan.skipped, 2u * 653 + 128 + 3010);
}

TEST(FrameScannerFreeFormat, ALossCostsTheTornFrames) {
    EXPECT_EQ(ScanWhole(Join({FreeMp3s(10), Noise(5000, 1), FreeMp3s(10)})).frames.size(), 20u);
    Bytes stream = FreeMp3s(10);
    stream[653 * 5 + 2 + 1] = std::byte{0};
    EXPECT_EQ(ScanWhole(stream).frames.size(), 9u);
}

TEST(FrameScannerFreeFormat, IsNotFooledByHeadersInTheSound) {
    const Bytes stream = Frames(20, [](unsigned i) {
        Bytes frame = FreeMp3(653, i);
        Overwrite(frame, 100 + i * i, FreeMp3(653), 4);
        return frame;
    });
    const Scan scan = ScanWhole({stream.begin() + 50, stream.end()});
    EXPECT_EQ(scan.frames.size(), 19u);
    EXPECT_EQ(scan.skipped, 603u);
}

TEST(FrameScannerFreeFormat, FinishTakesTheLastFrames) {
    EXPECT_EQ(ScanWhole(FreeMp3s(2)).frames.size(), 2u);
    EXPECT_EQ(ScanWhole(FreeMp3(653)).frames.size(), 0u);  // nobody knows its end
    Bytes torn = FreeMp3s(5);
    torn.resize(torn.size() - 1);
    EXPECT_EQ(ScanWhole(torn).frames.size(), 4u);
}

}  // namespace
}  // namespace aircheck::audio
