// SPDX-License-Identifier: MIT
#include "common/audio/mpeg_header.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/common/audio/made_frames.h"

namespace aircheck::audio {
namespace {

std::optional<Frame> Parse(std::uint32_t header) {
    const std::array<std::byte, 4> bytes{std::byte(header >> 24), std::byte(header >> 16),
                                         std::byte(header >> 8), std::byte(header)};
    return ParseMpegHeader(bytes);
}

struct Case {
    std::uint32_t header;
    int version;
    int layer;
    std::uint32_t sample_rate;
    int channels;
    std::uint32_t samples;
    std::uint32_t size;
};

TEST(MpegHeader, ReadsEveryKind) {
    constexpr std::array kCases{
        Case{0xFFFB9044, 1, 3, 44100, 2, 1152, 417},   // 128 kbit/s
        Case{0xFFFB9244, 1, 3, 44100, 2, 1152, 418},   // padded
        Case{0xFFFA9044, 1, 3, 44100, 2, 1152, 417},   // with a checksum
        Case{0xFFFBE444, 1, 3, 48000, 2, 1152, 960},   // 320 kbit/s
        Case{0xFFFBE844, 1, 3, 32000, 2, 1152, 1440},  // the longest of layer III
        Case{0xFFFB10C4, 1, 3, 44100, 1, 1152, 104},   // 32 kbit/s mono
        Case{0xFFFD8404, 1, 2, 48000, 2, 1152, 384},   // layer II, 128 kbit/s
        Case{0xFFFDE804, 1, 2, 32000, 2, 1152, 1728},  // layer II, 384 kbit/s
        Case{0xFFF380C4, 2, 3, 22050, 1, 576, 208},    // MPEG-2, 64 kbit/s
        Case{0xFFF38444, 2, 3, 24000, 2, 576, 192},    //
        Case{0xFFF318C4, 2, 3, 16000, 1, 576, 36},     // 8 kbit/s
        Case{0xFFF58404, 2, 2, 24000, 2, 1152, 384},   // layer II at a low rate, 64 kbit/s
        Case{0xFFE340C4, 25, 3, 11025, 1, 576, 208},   // MPEG-2.5, 32 kbit/s
        Case{0xFFE344C4, 25, 3, 12000, 1, 576, 192},   //
        Case{0xFFE318C4, 25, 3, 8000, 1, 576, 72},     //
        Case{0xFFE5E8C4, 25, 2, 8000, 1, 1152, 2880},  // the longest of all
    };
    for (const Case& expected : kCases) {
        const auto frame = Parse(expected.header);
        ASSERT_TRUE(frame) << std::hex << expected.header;
        SCOPED_TRACE(testing::Message() << std::hex << expected.header);
        EXPECT_EQ(frame->format.codec, Codec::kMpeg);
        EXPECT_EQ(frame->format.version, expected.version);
        EXPECT_EQ(frame->format.layer, expected.layer);
        EXPECT_EQ(frame->format.sample_rate, expected.sample_rate);
        EXPECT_EQ(frame->format.channels, expected.channels);
        EXPECT_EQ(frame->samples, expected.samples);
        EXPECT_EQ(frame->size_bytes, expected.size);
        EXPECT_EQ(frame->offset_bytes, 0u);
    }
}

TEST(MpegHeader, TakesTheSizeOfFreeFormatFromTheCaller) {
    const test::Bytes padded = test::FreeMp3(653, 0, true);
    const auto frame = ParseMpegHeader(padded, 653);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->size_bytes, 654u);
    EXPECT_EQ(frame->samples, 1152u);
    EXPECT_EQ(ParseMpegHeader(test::Mp3(), 653)->size_bytes, 417u);
    EXPECT_EQ(FreeBytes(padded), 653u);
    EXPECT_EQ(FreeBytes(test::Mp3()), 0u);

    const auto free = ParseFreeHeader(padded);
    ASSERT_TRUE(free);
    EXPECT_EQ(free->format, frame->format);
    EXPECT_EQ(free->padding, 1u);
    EXPECT_EQ(free->least_bytes, 26u);
    EXPECT_EQ(free->most_bytes, 2089u);
    EXPECT_FALSE(ParseFreeHeader(test::Mp3()));
}

TEST(MpegHeader, RefusesWhatIsNoFrame) {
    constexpr std::array kCases{
        0x00000000u, 0xFFFFFFFFu,  //
        0xFEFB9044u,               // no sync
        0xFFDB9044u,               // no sync
        0xFFEB9044u,               // reserved version
        0xFFF99044u,               // layer 0, which is ADTS
        0xFFFF9044u,               // layer I
        0xFFFBF044u,               // reserved bitrate
        0xFFFB0044u,               // free format, its size not known
        0xFFFB9C44u,               // reserved sample rate
        0xFFFB9046u,               // reserved emphasis
    };
    for (const std::uint32_t header : kCases) EXPECT_FALSE(Parse(header)) << std::hex << header;
    EXPECT_FALSE(ParseMpegHeader({}));
    EXPECT_FALSE(ParseMpegHeader(test::ToBytes("\xFF\xFB\x90")));
}

test::Bytes WithTable(test::Bytes frame, std::size_t at, std::string_view table) {
    std::fill(frame.begin() + 4, frame.end(), std::byte{0});
    test::Overwrite(frame, at, test::ToBytes(table), table.size());
    return frame;
}

bool IsTable(const test::Bytes& frame) {
    return IsMpegTable(frame, ParseMpegHeader(frame)->format);
}

TEST(MpegHeader, FindsTables) {
    test::Bytes mono = test::Mp3();
    mono[3] = std::byte{0xC4};
    test::Bytes lsf_stereo = test::Mp3Lsf();
    lsf_stereo[3] = std::byte{0x44};
    test::Bytes checked = test::Mp3();
    checked[1] = std::byte{0xFA};

    EXPECT_TRUE(IsTable(WithTable(test::Mp3(), 4 + 32, "Xing")));
    EXPECT_TRUE(IsTable(WithTable(test::Mp3(), 4 + 32, "Info")));
    EXPECT_TRUE(IsTable(WithTable(mono, 4 + 17, "Xing")));
    EXPECT_TRUE(IsTable(WithTable(lsf_stereo, 4 + 17, "Info")));
    EXPECT_TRUE(IsTable(WithTable(test::Mp3Lsf(), 4 + 9, "Info")));
    EXPECT_TRUE(IsTable(WithTable(checked, 4 + 2 + 32, "Info")));
    EXPECT_TRUE(IsTable(WithTable(checked, 4 + 32, "Info")));
    EXPECT_TRUE(IsTable(WithTable(test::Mp3(), 36, std::string_view("VBRI\0\1", 6))));
}

TEST(MpegHeader, SoundIsNoTable) {
    EXPECT_FALSE(IsTable(test::Mp3()));
    EXPECT_FALSE(IsTable(WithTable(test::Mp3(), 4 + 31, "Xing")));
    EXPECT_FALSE(IsTable(WithTable(test::Mp3(), 4 + 17, "Xing")));
    EXPECT_FALSE(IsTable(WithTable(test::Mp3(), 36, "VBRI")));

    // The same letters amid sound.
    test::Bytes chance = WithTable(test::Mp3(), 4 + 32, "Xing");
    chance[9] = std::byte{0x17};
    EXPECT_FALSE(IsTable(chance));

    test::Bytes layer_two = WithTable(test::Mp3(), 4 + 32, "Xing");
    layer_two[1] = std::byte{0xFD};
    EXPECT_FALSE(IsTable(layer_two));
}

}  // namespace
}  // namespace aircheck::audio
