// SPDX-License-Identifier: MIT
#include "common/audio/ogg_scanner.h"

#include <gtest/gtest.h>

#include "tests/unit/common/audio/made_pages.h"

namespace aircheck::audio {
namespace {

using test::Append;
using test::Bytes;
using test::kContinuedFlag;
using test::kFirstFlag;
using test::kLastFlag;
using test::kOpusPacketSamples;
using test::MadeOpus;
using test::MadePage;
using test::OpusHead;
using test::OpusPacket;
using test::Scan;
using test::ScanInCuts;
using test::ScanWhole;
using test::ToBytes;

Bytes Join(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) Append(all, part);
    return all;
}

TEST(OggScanner, PagesAreFramesAndHeadersTheSetup) {
    MadeOpus opus(7);
    const Bytes headers = opus.Headers();
    const Bytes stream = Join({headers, opus.Sound(5), opus.Sound(50), opus.Sound(1)});
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 3u);
    EXPECT_EQ(scan.codec, Codec::kOpus);
    EXPECT_EQ(scan.skipped, headers.size());
    EXPECT_EQ(scan.frames[0].position, headers.size());
    EXPECT_EQ(scan.frames[0].samples, 5 * kOpusPacketSamples);
    EXPECT_EQ(scan.frames[1].samples, 50 * kOpusPacketSamples);
    EXPECT_EQ(scan.frames[0].setup, headers);
    EXPECT_EQ(scan.frames[0].format.sample_rate, 48'000u);
    EXPECT_EQ(scan.frames[0].format.channels, 2);
    EXPECT_NE(scan.frames[0].format.setup, 0u);
}

TEST(OggScanner, WithoutHeadersThereIsNoSound) {
    MadeOpus opus(7);
    opus.Headers();
    EXPECT_EQ(ScanWhole(Join({opus.Sound(), opus.Sound()})).frames.size(), 0u);
}

TEST(OggScanner, GranulePositionsAreNotBelieved) {
    MadeOpus opus(7);
    Bytes stream = opus.Headers();
    opus.Skip(100'000);
    Append(stream, opus.Sound());
    opus.Skip(3);
    Append(stream, opus.Sound());
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.frames[0].samples, 5 * kOpusPacketSamples);
    EXPECT_EQ(scan.frames[1].samples, 5 * kOpusPacketSamples);
}

TEST(OggScanner, APacketThatGoesOnKeepsItsPagesTogether) {
    MadeOpus opus(7);
    const Bytes headers = opus.Headers();
    const Bytes first = opus.Page({OpusPacket(100), OpusPacket(510)}, 0, true);
    const Bytes second = opus.Page({OpusPacket(255)}, kContinuedFlag, true);  // no packet ends
    const Bytes third = opus.Page({OpusPacket(30), OpusPacket(100)}, kContinuedFlag);
    const Scan scan = ScanWhole(Join({headers, first, second, third, opus.Sound()}));
    ASSERT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.frames[0].size, first.size() + second.size() + third.size());
    EXPECT_EQ(scan.frames[0].samples, 3 * kOpusPacketSamples);
}

TEST(OggScanner, BeginsWhereNoPacketIsCut) {
    MadeOpus opus(7);
    const Bytes headers = opus.Headers();
    const Bytes torn = opus.Page({OpusPacket(30), OpusPacket(100)}, kContinuedFlag);
    const Bytes stream = Join({headers, torn, opus.Sound()});
    const Scan joined = ScanWhole(stream);
    ASSERT_EQ(joined.frames.size(), 1u);
    EXPECT_EQ(joined.frames[0].position, headers.size() + torn.size());

    // What has been recorded like that stays so.
    EXPECT_EQ(ScanWhole(stream, Codec::kOpus).frames.size(), 2u);
}

TEST(OggScanner, AStreamThatIsNeverCleanIsTakenInTheEnd) {
    MadeOpus opus(7);
    Bytes stream = opus.Headers();
    const std::vector<Bytes> packets(6, OpusPacket(255 * 40));
    for (int i = 0; i < 40; ++i) Append(stream, opus.Page(packets, kContinuedFlag, true));
    const Scan scan = ScanInCuts(stream, [] { return 1400; });
    EXPECT_GT(scan.frames.size(), 5u);
    EXPECT_LE(scan.most_held, FrameScanner::kMaxHold);
}

TEST(OggScanner, AfterALossPagesAreNotJoined) {
    MadeOpus opus(7);
    const Bytes headers = opus.Headers();
    const Bytes first = opus.Page({OpusPacket(100), OpusPacket(510)}, 0, true);
    opus.Skip(1);
    const Bytes second = opus.Page({OpusPacket(30), OpusPacket(100)}, kContinuedFlag);
    const Scan scan = ScanWhole(Join({headers, first, second}));
    ASSERT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.frames[0].size, first.size());
    EXPECT_EQ(scan.frames[1].samples, kOpusPacketSamples);
}

TEST(OggScanner, AnUnfinishedEndIsDropped) {
    MadeOpus opus(7);
    Bytes stream = Join({opus.Headers(), opus.Sound()});
    const std::size_t whole = stream.size();
    Append(stream, opus.Page({OpusPacket(100), OpusPacket(510)}, 0, true));
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 1u);
    EXPECT_EQ(scan.frames[0].position + scan.frames[0].size, whole);
}

TEST(OggScanner, AChainedStreamIsAnotherFormat) {
    MadeOpus one(1);
    MadeOpus two(2);
    MadeOpus three(2);
    const Bytes second_headers = two.Headers();
    const Bytes stream =
        Join({one.Headers(), one.Sound(), one.Sound(5, 100, kLastFlag), second_headers, two.Sound(),
              two.Page({}, kLastFlag), three.Headers("another title"), three.Sound()});
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 4u);
    EXPECT_EQ(scan.frames[0].format, scan.frames[1].format);
    EXPECT_NE(scan.frames[1].format, scan.frames[2].format);
    EXPECT_NE(scan.frames[2].format, scan.frames[3].format);
    EXPECT_EQ(scan.frames[2].setup, second_headers);
}

TEST(OggScanner, TheSameHeadersAgainAreTheSameFormat) {
    MadeOpus before(7);
    MadeOpus after(7);
    const Bytes headers = before.Headers();
    const Bytes sound = before.Sound();
    after.Headers();
    const Scan scan = ScanWhole(Join({headers, sound, headers, after.Sound()}));
    ASSERT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.frames[0].format, scan.frames[1].format);
}

TEST(OggScanner, OtherTracksArePassedOver) {
    MadeOpus opus(7);
    MadeOpus second(8);
    const auto theora = [](std::uint32_t sequence, std::uint8_t flags) {
        return MadePage({flags, 0, 99, sequence}, {ToBytes("\x80theora and its picture")});
    };
    const Bytes headers = opus.Headers();
    const auto first_page = std::span(headers).first(*OggPageSize(headers));
    const Bytes head(first_page.begin(), first_page.end());
    const Bytes tags(headers.begin() + static_cast<std::ptrdiff_t>(head.size()), headers.end());
    const Bytes stream =
        Join({theora(0, kFirstFlag), head, second.Headers(), theora(1, 0), tags, opus.Sound(),
              theora(2, 0), second.Sound(), opus.Sound(), theora(3, 0)});
    const Scan scan = ScanWhole(stream);
    ASSERT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.frames[0].setup, headers);
}

TEST(OggScanner, UnknownCodecsAreNoSound) {
    const Bytes speex = MadePage({kFirstFlag, 0, 5, 0}, {ToBytes("Speex   1.2 and much more")});
    const Bytes sound = MadePage({0, 960, 5, 1}, {OpusPacket(100)});
    EXPECT_EQ(ScanWhole(Join({speex, sound, sound})).frames.size(), 0u);

    // Not even where they take a serial number over.
    MadeOpus opus(5);
    EXPECT_EQ(ScanWhole(Join({opus.Headers(), opus.Sound(), speex, sound})).frames.size(), 1u);
}

TEST(OggScanner, ADamagedPageCostsItself) {
    MadeOpus opus(7);
    const Bytes headers = opus.Headers();
    Bytes damaged = opus.Sound();
    damaged[100] ^= std::byte{1};
    const Scan scan = ScanWhole(Join({headers, opus.Sound(), damaged, opus.Sound()}));
    EXPECT_EQ(scan.frames.size(), 2u);
    EXPECT_EQ(scan.skipped, headers.size() + damaged.size());
}

TEST(OggScanner, HugeHeadersAreNotKept) {
    MadeOpus opus(7);
    Bytes stream = opus.Page({OpusHead()}, kFirstFlag);
    for (int i = 0; i < 20; ++i)
        Append(stream, opus.Page({Bytes(std::size_t{255} * 255)}, kContinuedFlag, true));
    Append(stream, opus.Sound());
    EXPECT_EQ(ScanWhole(stream).frames.size(), 0u);
}

TEST(OggScanner, ChangesToAndFromOtherCodecs) {
    MadeOpus opus(7);
    Bytes mp3;
    for (int i = 0; i < 10; ++i) Append(mp3, test::Mp3(static_cast<unsigned>(i)));
    const Scan scan = ScanWhole(Join({mp3, opus.Headers(), opus.Sound(), opus.Sound(), mp3}));
    ASSERT_EQ(scan.frames.size(), 22u);
    EXPECT_EQ(scan.frames[11].format.codec, Codec::kOpus);
    EXPECT_TRUE(scan.frames[21].setup.empty());
    EXPECT_EQ(scan.codec, Codec::kMpeg);
}

TEST(OggPage, HeadersAreNotHashed) {
    MadeOpus here(7);
    MadeOpus there(8);
    there.Skip(1000);
    Bytes pages = here.Sound();
    Bytes others = there.Sound();
    EXPECT_EQ(HashOggBodies(pages), HashOggBodies(others));
    Append(pages, here.Sound());
    EXPECT_NE(HashOggBodies(pages), HashOggBodies(others));
    Append(others, there.Sound());
    EXPECT_EQ(HashOggBodies(pages), HashOggBodies(others));
    others.back() ^= std::byte{1};
    EXPECT_NE(HashOggBodies(pages), HashOggBodies(others));
}

TEST(OggScanner, CutsDoNotMatter) {
    MadeOpus opus(7);
    MadeOpus next(8);
    const Bytes stream = Join(
        {opus.Headers(), opus.Page({OpusPacket(100), OpusPacket(510)}, kContinuedFlag, true),
         opus.Page({OpusPacket(255)}, kContinuedFlag, true),
         opus.Page({OpusPacket(30), OpusPacket(100)}, kContinuedFlag), ToBytes("OggOggS noise"),
         opus.Sound(), next.Headers(), next.Page({OpusPacket(255)}, 0, true), test::Id3v1(),
         next.Sound(), next.Page({OpusPacket(255)}, 0, true)});
    const Scan whole = ScanWhole(stream);
    EXPECT_EQ(whole.frames.size(), 3u);
    for (std::size_t cut = 1; cut < 700; ++cut)
        ASSERT_EQ(ScanInCuts(stream, [cut] { return cut; }), whole) << cut;
}

}  // namespace
}  // namespace aircheck::audio
