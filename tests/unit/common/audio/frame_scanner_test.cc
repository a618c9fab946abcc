// SPDX-License-Identifier: MIT
#include "common/audio/frame_scanner.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/common/audio/made_streams.h"

namespace aircheck::audio {
namespace {

using namespace test;  // NOLINT: the makers of frames

TEST(FrameScanner, FindsFramesBackToBack) {
    const Scan scan = ScanWhole(Mp3s(100));
    ASSERT_EQ(scan.frames.size(), 100u);
    EXPECT_EQ(scan.frames[0].position, 0u);
    EXPECT_EQ(scan.frames[0].size, 418u);
    EXPECT_EQ(scan.frames[1].position, 418u);
    EXPECT_EQ(scan.skipped, 0u);
    EXPECT_EQ(scan.codec, Codec::kMpeg);
}

TEST(FrameScanner, FindsAdts) {
    const Scan scan = ScanWhole(Adtses(100));
    EXPECT_EQ(scan.frames.size(), 100u);
    EXPECT_EQ(scan.skipped, 0u);
    EXPECT_EQ(scan.codec, Codec::kAdts);
}

TEST(FrameScanner, HoldsTheFirstFrameUntilTwoMoreHeadersAgree) {
    const Bytes stream = Mp3s(3);
    const std::size_t third = 418 + 417;
    FrameScanner scanner;
    EXPECT_FALSE(scanner.Next(std::span(stream).first(third + 3)));
    EXPECT_EQ(scanner.Garbage(), 0u);
    EXPECT_FALSE(scanner.codec());
    EXPECT_TRUE(scanner.Next(std::span(stream).first(third + 4)));
    EXPECT_EQ(scanner.codec(), Codec::kMpeg);
}

TEST(FrameScanner, InSyncAFrameNeedsNothingBehindIt) {
    const Bytes stream = Mp3s(4);
    FrameScanner scanner;
    std::size_t used = 0;
    int frames = 0;
    while (const auto frame = scanner.Next(std::span(stream).subspan(used))) {
        used += frame->offset_bytes + frame->size_bytes;
        ++frames;
    }
    EXPECT_EQ(frames, 4);
}

TEST(FrameScanner, BeginsInTheMiddleOfAFrame) {
    const Bytes stream = Mp3s(10);
    const Scan scan = ScanWhole({stream.begin() + 100, stream.end()});
    ASSERT_EQ(scan.frames.size(), 9u);
    EXPECT_EQ(scan.frames[0].position, 318u);
    EXPECT_EQ(scan.skipped, 318u);
}

TEST(FrameScanner, ResyncsAfterGarbage) {
    const Scan scan = ScanWhole(Join({Mp3s(10), Noise(100000, 1), Mp3s(10)}));
    EXPECT_EQ(scan.frames.size(), 20u);
    EXPECT_EQ(scan.skipped, 100000u);
}

TEST(FrameScanner, ADamagedHeaderCostsOneFrame) {
    Bytes stream = Mp3s(10);
    stream[Mp3s(5).size() + 1] = std::byte{0};
    EXPECT_EQ(ScanWhole(stream).frames.size(), 9u);
}

TEST(FrameScanner, ALossInsideAFrameCostsThatFrameAndItsNeighbour) {
    Bytes stream = Mp3s(10);
    stream.erase(stream.begin() + 2600, stream.begin() + 2700);
    const Scan scan = ScanWhole(stream);
    EXPECT_EQ(scan.frames.size(), 9u);  // the torn one among them
    EXPECT_EQ(scan.frames.back().position, stream.size() - 418);
}

TEST(FrameScanner, IsNotFooledByHeadersInTheSound) {
    // Every frame holds the start of another one, with one more where that says it ends.
    const Bytes stream = Frames(50, [](unsigned i) {
        Bytes frame = Mp3(i);
        Overwrite(frame, 100, Mp3Lsf(), 4);
        Overwrite(frame, 308, Mp3Lsf(), 4);
        return frame;
    });
    const Scan scan = ScanWhole({stream.begin() + 50, stream.end()});
    EXPECT_EQ(scan.frames.size(), 49u);
    for (const auto& frame : scan.frames) EXPECT_EQ(frame.format.version, 1);
}

TEST(FrameScanner, AdtsSyncInsideMp3IsNotTaken) {
    const Bytes stream = Frames(50, [](unsigned i) {
        Bytes frame = Mp3(i);
        Overwrite(frame, 50, Adts(300), 7);
        Overwrite(frame, 350, Adts(400), 7);
        return frame;
    });
    const Scan scan = ScanWhole({stream.begin() + 10, stream.end()});
    EXPECT_EQ(scan.frames.size(), 49u);
    EXPECT_EQ(scan.codec, Codec::kMpeg);
}

TEST(FrameScanner, SkipsTags) {
    const Bytes tag = Id3v2(5000);
    const Scan scan = ScanWhole(Join({tag, Mp3s(5), Id3v1(), tag, Mp3s(5), Id3v1()}));
    EXPECT_EQ(scan.frames.size(), 10u);
    EXPECT_EQ(scan.skipped, 2 * (tag.size() + 128));
}

TEST(FrameScanner, SkipsAHugeTagFullOfFramesAndHoldsNothing) {
    Bytes tag = Id3v2(500000);
    const Bytes inside = Mp3s(500);
    Overwrite(tag, 1000, inside, inside.size());
    const Bytes stream = Join({Mp3s(3), tag, Mp3s(3)});
    const Scan scan = ScanInCuts(stream, [] { return 1400; });
    EXPECT_EQ(scan.frames.size(), 6u);
    EXPECT_EQ(scan.skipped, tag.size());
    EXPECT_LE(scan.most_held, 2000u);
}

TEST(FrameScanner, SyncSurvivesATag) {
    // A lone frame between two tags would not be confirmed out of sync.
    EXPECT_EQ(
        ScanWhole(Join({Mp3s(3), Id3v1(), Mp3(), Id3v1(), Mp3s(1), Noise(100, 3)})).frames.size(),
        5u);
}

TEST(FrameScanner, SkipsTables) {
    const Scan scan = ScanWhole(Join({Info(), Mp3s(5), Info(), Mp3s(5)}));
    EXPECT_EQ(scan.frames.size(), 10u);
    EXPECT_EQ(scan.skipped, 2u * 417);
}

TEST(FrameScanner, FollowsAChangeOfFormatWithoutLoss) {
    const Bytes first = Mp3s(10);
    const Scan scan = ScanWhole(Join({first, Frames(10, Mp3Lsf), Mp3s(10)}));
    ASSERT_EQ(scan.frames.size(), 30u);
    EXPECT_EQ(scan.skipped, 0u);
    EXPECT_EQ(scan.frames[10].position, first.size());
    EXPECT_EQ(scan.frames[10].format.sample_rate, 22050u);
    EXPECT_EQ(scan.frames[20].format.sample_rate, 44100u);
}

TEST(FrameScanner, JointAndPlainStereoAreOneFormatMonoIsAnother) {
    Bytes plain = Mp3();
    plain[3] = std::byte{0x04};
    Bytes mono = Mp3();
    mono[3] = std::byte{0xC4};
    const Scan scan = ScanWhole(Join({Mp3(), plain, Mp3(), mono, mono, mono}));
    ASSERT_EQ(scan.frames.size(), 6u);
    EXPECT_EQ(scan.frames[0].format, scan.frames[1].format);
    EXPECT_NE(scan.frames[2].format, scan.frames[3].format);
}

TEST(FrameScanner, FollowsAChangeOfCodecUnlessOneWasGiven) {
    const Bytes stream = Join({Mp3s(10), Adtses(10)});
    const Scan open = ScanWhole(stream);
    EXPECT_EQ(open.frames.size(), 20u);
    EXPECT_EQ(open.codec, Codec::kAdts);

    const Scan given = ScanWhole(stream, Codec::kMpeg);
    EXPECT_EQ(given.frames.size(), 10u);
    EXPECT_EQ(given.codec, Codec::kMpeg);
    EXPECT_EQ(ScanWhole(Mp3s(10), Codec::kAdts).frames.size(), 0u);
}

TEST(FrameScanner, FollowsEveryChangeOfParametersWithoutLoss) {
    struct Case {
        Bytes frame;
        StreamFormat format;
    };
    const std::vector<Case> cases{
        {FrameOf({0xFF, 0xFB, 0x90, 0x44}, 417, 0), {Codec::kMpeg, 1, 3, 44100, 2}},
        {FrameOf({0xFF, 0xFA, 0xB4, 0xC4}, 576, 0),
         {Codec::kMpeg, 1, 3, 48000, 1}},  // with a checksum
        {FrameOf({0xFF, 0xFD, 0xA8, 0x04}, 864, 0), {Codec::kMpeg, 1, 2, 32000, 2}},  // layer II
        {FrameOf({0xFF, 0xF5, 0x80, 0x04}, 417, 0), {Codec::kMpeg, 2, 2, 22050, 2}},
        {FrameOf({0xFF, 0xF3, 0x84, 0x44}, 192, 0), {Codec::kMpeg, 2, 3, 24000, 2}},
        {FrameOf({0xFF, 0xE3, 0x38, 0xC4}, 216, 0), {Codec::kMpeg, 25, 3, 8000, 1}},
        {FrameOf({0xFF, 0xFB, 0x00, 0x44}, 500, 0), {Codec::kMpeg, 1, 3, 44100, 2}},  // free format
        {FrameOf({0xFF, 0xFD, 0x04, 0x04}, 500, 0), {Codec::kMpeg, 1, 2, 48000, 2}},
        {FrameOf({0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC}, 371, 0),
         {Codec::kAdts, 4, 2, 44100, 2}},
        {FrameOf({0xFF, 0xF1, 0x4C, 0x40, 0x2E, 0x7F, 0xFC}, 371, 0),
         {Codec::kAdts, 4, 2, 48000, 1}},
        {FrameOf({0xFF, 0xF1, 0x0C, 0x40, 0x2E, 0x7F, 0xFC}, 371, 0),
         {Codec::kAdts, 4, 1, 48000, 1}},
        {FrameOf({0xFF, 0xF9, 0x5C, 0x40, 0x2E, 0x7F, 0xFF}, 371, 0),
         {Codec::kAdts, 2, 2, 22050, 1}},
    };
    for (const Case& first : cases) {
        for (const Case& second : cases) {
            Bytes stream;
            for (const Case* each : {&first, &second, &first})
                for (int i = 0; i < 5; ++i) Append(stream, each->frame);
            const Scan scan = ScanWhole(stream);
            ASSERT_EQ(scan.frames.size(), 15u) << first.frame.size() << " " << second.frame.size();
            EXPECT_EQ(scan.skipped, 0u);
            EXPECT_EQ(scan.frames[4].format, first.format);
            EXPECT_EQ(scan.frames[5].format, second.format);
            EXPECT_EQ(scan.frames[10].format, first.format);
        }
    }
}

TEST(FrameScanner, GoesOverToOggAndBack) {
    MadeOpus opus(1);
    for (const Bytes& frames : {Mp3s(10), FreeMp3s(10), Adtses(10)}) {
        const Scan scan =
            ScanWhole(Join({frames, opus.Headers(), opus.Sound(50, 200), opus.Sound(50, 200),
                            frames, opus.Headers(), opus.Sound(50, 200)}));
        EXPECT_EQ(scan.frames.size(), 23u);
        EXPECT_EQ(scan.frames[9].format, scan.frames[12].format);
        EXPECT_EQ(scan.frames[10].format.codec, Codec::kOpus);
    }
}

TEST(FrameScanner, TakesManyBlocksAHeaderAsOneFrame) {
    // 44.1 kHz HE-AAC: four blocks of the core at 22.05 kHz.
    const Bytes stream = Frames(10, [](unsigned i) {
        return FrameOf({0xFF, 0xF1, 0x5C, 0x80, 0x2E, 0x7F, 0xFF}, 371, i);
    });
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 10u);
    EXPECT_EQ(scan.frames[0].samples, 4096u);
    EXPECT_EQ(scan.frames[0].format.sample_rate, 22050u);
}

TEST(FrameScanner, FinishTakesTheLastFrames) {
    EXPECT_EQ(ScanWhole(Mp3()).frames.size(), 1u);
    EXPECT_EQ(ScanWhole(Join({Mp3(), Id3v1()})).frames.size(), 1u);
    EXPECT_EQ(ScanWhole(Join({Noise(50, 5), Mp3(), Mp3()})).frames.size(), 2u);
}

TEST(FrameScanner, FinishDropsATornFrame) {
    Bytes stream = Mp3s(5);
    stream.resize(stream.size() - 1);
    const Scan scan = ScanWhole(stream);
    EXPECT_EQ(scan.frames.size(), 4u);
    EXPECT_EQ(scan.skipped, 416u);
    EXPECT_EQ(ScanWhole(Bytes(stream.begin(), stream.begin() + 400)).frames.size(), 0u);
}

TEST(FrameScanner, FinishDoesNotTakeAHeaderAmidGarbage) {
    EXPECT_EQ(ScanWhole(Join({Noise(50, 5), Mp3(), Noise(500, 6)})).frames.size(), 0u);
}

TEST(FrameScanner, GarbageOfAnyLengthIsNotHeld) {
    for (const Bytes& garbage : {Noise(1000000, 7), Bytes(1000000, std::byte{0xFF}),
                                 Bytes(1000000, std::byte{'T'}), Bytes(1000000, std::byte{0})}) {
        const Scan scan = ScanInCuts(garbage, [] { return 1400; });
        EXPECT_EQ(scan.frames.size(), 0u);
        EXPECT_EQ(scan.skipped, garbage.size());
        EXPECT_LE(scan.most_held, FrameScanner::kMaxHold);
    }
}

// The same frames come out however the bytes are cut.
TEST(FrameScanner, CutsDoNotMatter) {
    std::minstd_rand random(42);
    for (int round = 0; round < 200; ++round) {
        Bytes stream;
        MadeOpus opus(random() % 3);
        for (int part = 0; part < 8; ++part) {
            const unsigned seed = random();
            switch (random() % 12) {
                case 0:
                    Append(stream, Mp3s(static_cast<int>(random() % 6)));
                    break;
                case 1:
                    Append(stream, Adtses(static_cast<int>(random() % 6)));
                    break;
                case 2:
                    Append(stream, Frames(static_cast<int>(random() % 4), Mp3Lsf));
                    break;
                case 3:
                    Append(stream, Noise(random() % 3000, seed));
                    break;
                case 4:
                    Append(stream, Id3v2(random() % 3000));
                    break;
                case 5:
                    Append(stream, Id3v1());
                    break;
                case 6:
                    Append(stream, Info());
                    break;
                case 7:
                    Append(stream, Adts(8191, seed));
                    break;
                case 8:
                    Append(stream, opus.Headers(std::to_string(seed)));
                    break;
                case 9:
                    Append(stream, opus.Sound(random() % 50, random() % 400,
                                              static_cast<std::uint8_t>(seed & kContinuedFlag)));
                    break;
                case 10:
                    Append(stream, FreeMp3s(static_cast<int>(random() % 6), 30 + random() % 900));
                    break;
                case 11:
                    stream.resize(stream.size() - std::min<std::size_t>(stream.size(), 99));
            }
        }
        const Scan whole = ScanWhole(stream);
        EXPECT_EQ(ScanInCuts(stream, [] { return 1; }), whole) << round;
        EXPECT_EQ(ScanInCuts(stream, [&] { return random() % 2000; }), whole) << round;
        std::uint64_t sound = 0;
        for (const auto& frame : whole.frames) sound += frame.size;
        EXPECT_EQ(sound + whole.skipped, stream.size()) << round;
    }
}

}  // namespace
}  // namespace aircheck::audio
