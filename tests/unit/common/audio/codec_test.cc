// SPDX-License-Identifier: MIT
#include "common/audio/codec.h"

#include <gtest/gtest.h>

namespace aircheck::audio {
namespace {

TEST(Codec, NamesLeadBack) {
    for (const Codec codec :
         {Codec::kMpeg, Codec::kAdts, Codec::kOpus, Codec::kVorbis, Codec::kFlac}) {
        EXPECT_EQ(CodecFromName(Name(codec)), codec);
        EXPECT_EQ(CodecFromExtension(Extension(codec)), codec);
    }
    EXPECT_EQ(Name(Codec::kMpeg), "mpeg");
    EXPECT_EQ(Extension(Codec::kAdts), "aac");
    EXPECT_EQ(ContentType(Codec::kMpeg), "audio/mpeg");
    EXPECT_EQ(ContentType(Codec::kAdts), "audio/aac");
    EXPECT_EQ(Extension(Codec::kFlac), "oga");
    EXPECT_EQ(ContentType(Codec::kOpus), "audio/ogg");
}

TEST(Codec, RefusesOtherNames) {
    for (const auto* other : {"", "MP3", ".mp3", "wav", "mpeg "}) {
        EXPECT_FALSE(CodecFromName(other)) << other;
        EXPECT_FALSE(CodecFromExtension(other)) << other;
    }
}

}  // namespace
}  // namespace aircheck::audio
