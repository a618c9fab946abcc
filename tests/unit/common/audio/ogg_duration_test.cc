// SPDX-License-Identifier: MIT
#include "common/audio/ogg_duration.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace aircheck::audio {
namespace {

std::uint32_t Samples(Codec codec, std::initializer_list<unsigned> bytes) {
    std::vector<std::byte> packet;
    for (const unsigned byte : bytes) packet.push_back(static_cast<std::byte>(byte));
    return OggPacketTimer(codec).Samples(packet);
}

TEST(OggPacketTimer, Opus) {
    const auto opus = [](std::initializer_list<unsigned> bytes) {
        return Samples(Codec::kOpus, bytes);
    };
    EXPECT_EQ(opus({}), 0u);
    EXPECT_EQ(opus({0 << 3}), 480u);        // SILK, 10 ms
    EXPECT_EQ(opus({11 << 3}), 2880u);      // SILK, 60 ms
    EXPECT_EQ(opus({13 << 3}), 960u);       // hybrid, 20 ms
    EXPECT_EQ(opus({16 << 3}), 120u);       // CELT, 2.5 ms
    EXPECT_EQ(opus({31 << 3}), 960u);       // CELT, 20 ms
    EXPECT_EQ(opus({31 << 3 | 1}), 1920u);  // two frames of one size
    EXPECT_EQ(opus({31 << 3 | 2}), 1920u);  // of two
    EXPECT_EQ(opus({31 << 3 | 3, 6}), 5760u);
    EXPECT_EQ(opus({31 << 3 | 3, 7}), 0u);  // more than 120 ms
    EXPECT_EQ(opus({31 << 3 | 3}), 0u);
}

TEST(OggPacketTimer, Flac) {
    const auto flac = [](std::initializer_list<unsigned> bytes) {
        return Samples(Codec::kFlac, bytes);
    };
    EXPECT_EQ(flac({0xFF, 0xF8, 0x19, 0, 0}), 192u);
    EXPECT_EQ(flac({0xFF, 0xF8, 0x59, 0, 0}), 4608u);
    EXPECT_EQ(flac({0xFF, 0xF9, 0xC9, 0, 0}), 4096u);
    EXPECT_EQ(flac({0xFF, 0xF8, 0x69, 0, 0x05, 99, 0}), 100u);
    EXPECT_EQ(flac({0xFF, 0xF8, 0x79, 0, 0xE2, 0x82, 0xAC, 0x01, 0x00, 0}), 257u);
    EXPECT_EQ(flac({0xFF, 0xF8, 0x79, 0, 0xE2, 0x82, 0xAC, 0x01}), 0u);
    EXPECT_EQ(flac({0xFF, 0xF8, 0x09, 0, 0}), 0u);  // reserved
    EXPECT_EQ(flac({0x04, 0, 0, 0, 0}), 0u);        // a metadata block
}

TEST(OggPacketTimer, RefusesVorbisHeadersThatAreNone) {
    const std::vector<std::byte> identification(30, std::byte{0xB8});
    std::vector<std::byte> setup(100);
    EXPECT_FALSE(OggPacketTimer::Vorbis({}, {}));
    EXPECT_FALSE(OggPacketTimer::Vorbis(identification, {}));
    EXPECT_FALSE(OggPacketTimer::Vorbis(identification, setup));
    setup.back() = std::byte{0x80};  // only a framing bit: one mode, all of it zero
    EXPECT_TRUE(OggPacketTimer::Vorbis(identification, setup));
    setup.back() = std::byte{0xFF};
    EXPECT_FALSE(OggPacketTimer::Vorbis(identification, setup));
}

}  // namespace
}  // namespace aircheck::audio
