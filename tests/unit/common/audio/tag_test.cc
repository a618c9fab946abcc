// SPDX-License-Identifier: MIT
#include "common/audio/tag.h"

#include <gtest/gtest.h>

#include "tests/unit/common/audio/made_frames.h"

namespace aircheck::audio {
namespace {

using test::ToBytes;

std::string Ape(std::uint32_t size, std::uint32_t flags, char version = '\xD0') {
    std::string tag = "APETAGEX";
    tag += version;
    tag += std::string("\x07\0\0", 3);
    for (const std::uint32_t value : {size, 1u, flags, 0u, 0u})
        for (const int shift : {0, 8, 16, 24}) tag += static_cast<char>(value >> shift);
    return tag;
}

TEST(Tag, Id3v1) {
    EXPECT_EQ(TagSize(ToBytes("TAGsome title")), 128u);
}

TEST(Tag, Id3v2) {
    EXPECT_EQ(TagSize(test::Id3v2(0)), 10u);
    EXPECT_EQ(TagSize(test::Id3v2(300000)), 300010u);
    test::Bytes with_footer = test::Id3v2(256);
    with_footer[5] = std::byte{0x10};
    EXPECT_EQ(TagSize(with_footer), 276u);
}

TEST(Tag, Id3v2ThatIsNone) {
    test::Bytes size_out_of_range = test::Id3v2(256);
    size_out_of_range[8] = std::byte{0x80};
    EXPECT_FALSE(TagSize(size_out_of_range));
    test::Bytes version = test::Id3v2(256);
    version[3] = std::byte{0xFF};
    EXPECT_FALSE(TagSize(version));
    test::Bytes too_long = test::Id3v2(0);
    too_long[6] = std::byte{0x7F};
    EXPECT_FALSE(TagSize(too_long));
}

TEST(Tag, Ape) {
    EXPECT_EQ(TagSize(ToBytes(Ape(1000, 0xA0000000))), 1032u);
    EXPECT_EQ(TagSize(ToBytes(Ape(1000, 0x80000000))), 32u);
    EXPECT_FALSE(TagSize(ToBytes(Ape(1000, 0xA0000000, 'x'))));
    EXPECT_FALSE(TagSize(ToBytes(Ape(0x7FFFFFFF, 0xA0000000))));
}

TEST(Tag, WaitsForItsHeader) {
    for (const auto* start : {"", "T", "TA", "I", "ID", "ID3", "ID3\4", "A", "APETAG", "APETAGEX1"})
        EXPECT_EQ(TagSize(ToBytes(start)), 0u) << start;
}

TEST(Tag, OtherBytes) {
    for (const auto* other : {"x", "TAC", "IC", "APP", "\xFF\xFB", "3DI"})
        EXPECT_FALSE(TagSize(ToBytes(other))) << other;
}

}  // namespace
}  // namespace aircheck::audio
