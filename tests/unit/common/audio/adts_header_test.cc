// SPDX-License-Identifier: MIT
#include "common/audio/adts_header.h"

#include <gtest/gtest.h>

#include "tests/unit/common/audio/made_frames.h"

namespace aircheck::audio {
namespace {

using Header = std::initializer_list<unsigned>;

std::optional<Frame> Parse(Header header) {
    return ParseAdtsHeader(test::FrameOf(header, header.size(), 0));
}

TEST(AdtsHeader, ReadsTheFormat) {
    const auto frame = ParseAdtsHeader(test::Adts(371));
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->format.codec, Codec::kAdts);
    EXPECT_EQ(frame->format.version, 4);
    EXPECT_EQ(frame->format.layer, 2);
    EXPECT_EQ(frame->format.sample_rate, 44100u);
    EXPECT_EQ(frame->format.channels, 2);
    EXPECT_EQ(frame->samples, 1024u);
    EXPECT_EQ(frame->size_bytes, 371u);
}

TEST(AdtsHeader, ReadsAllThirteenBitsOfTheLength) {
    for (const std::size_t size : {8u, 9u, 255u, 256u, 2047u, 2048u, 4096u, 8191u}) {
        const auto frame = ParseAdtsHeader(test::Adts(size));
        ASSERT_TRUE(frame) << size;
        EXPECT_EQ(frame->size_bytes, size);
    }
}

TEST(AdtsHeader, CountsTheCoreOfHighEfficiencySound) {
    // 44.1 kHz HE-AAC v2: a mono core at 22.05 kHz.
    const auto frame = Parse({0xFF, 0xF1, 0x5C, 0x40, 0x10, 0x1F, 0xFC});
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->format.sample_rate, 22050u);
    EXPECT_EQ(frame->format.channels, 1);
    EXPECT_EQ(frame->samples, 1024u);
}

TEST(AdtsHeader, CountsRawBlocks) {
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFC})->samples, 1024u);
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFD})->samples, 2048u);
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F, 0xFF})->samples, 4096u);
}

TEST(AdtsHeader, LeavesRoomForThePlacesOfCheckedBlocks) {
    // Four blocks and a checksum: 7 + 2 + 3 * 2 bytes, and one for each block.
    EXPECT_FALSE(Parse({0xFF, 0xF0, 0x50, 0x80, 0x02, 0x5F, 0xFF}));
    const auto frame = Parse({0xFF, 0xF0, 0x50, 0x80, 0x02, 0x7F, 0xFF});
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->size_bytes, 19u);
    EXPECT_EQ(frame->samples, 4096u);
}

TEST(AdtsHeader, ReadsChannels) {
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x50, 0x00, 0x2E, 0x7F, 0xFC})->format.channels, 0);
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x51, 0x80, 0x2E, 0x7F, 0xFC})->format.channels, 6);
    EXPECT_EQ(Parse({0xFF, 0xF1, 0x51, 0xC0, 0x2E, 0x7F, 0xFC})->format.channels, 8);
}

TEST(AdtsHeader, RefusesWhatIsNoFrame) {
    const std::initializer_list<Header> cases{
        {0xFF, 0xE1, 0x50, 0x80, 0x2E, 0x7F, 0xFC},  // eleven bits of sync
        {0xFF, 0xF3, 0x50, 0x80, 0x2E, 0x7F, 0xFC},  // a layer
        {0xFF, 0xF1, 0x74, 0x80, 0x2E, 0x7F, 0xFC},  // reserved sample rate
        {0xFF, 0xF1, 0x7C, 0x80, 0x2E, 0x7F, 0xFC},  // rate not given
        {0xFF, 0xF9, 0xD0, 0x80, 0x2E, 0x7F, 0xFC},  // profile reserved in MPEG-2
        {0xFF, 0xF1, 0x50, 0x80, 0x00, 0xFF, 0xFC},  // length 7: nothing but the header
        {0xFF, 0xF0, 0x50, 0x80, 0x01, 0x3F, 0xFC},  // length 9, with a checksum
        {0xFF, 0xF1, 0x50, 0x80, 0x00, 0x1F, 0xFC},  // length 0
        {0xFF, 0xF1, 0x50, 0x80, 0x2E, 0x7F},        // too few bytes
    };
    int number = 0;
    for (const Header& header : cases) EXPECT_FALSE(Parse(header)) << number++;
    EXPECT_FALSE(ParseAdtsHeader({}));
    EXPECT_TRUE(Parse({0xFF, 0xF0, 0x50, 0x80, 0x01, 0x5F, 0xFC}));  // length 10
}

}  // namespace
}  // namespace aircheck::audio
