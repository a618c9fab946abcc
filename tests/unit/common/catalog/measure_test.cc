// SPDX-License-Identifier: MIT
#include "common/catalog/measure.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/util/unique_fd.h"
#include "tests/unit/common/audio/made_pages.h"

namespace aircheck::catalog {
namespace {

using audio::Codec;
using audio::test::Append;
using audio::test::Bytes;
using audio::test::kOpusPacketSamples;
using audio::test::MadeOpus;

Measured Measure(const Bytes& bytes, Codec codec) {
    const util::UniqueFd file(::memfd_create("segment", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return MeasureSegment(file.get(), codec);
}

TEST(MeasureSegment, OggBeginsWithItsSetup) {
    MadeOpus opus(7);
    const Bytes setup = opus.Headers();
    Bytes file = setup;
    opus.Skip(100);
    const Bytes page = opus.Sound(25);
    Append(file, page);
    for (int i = 0; i < 9; ++i) Append(file, opus.Sound(25));
    const std::size_t whole = file.size();
    Append(file, Bytes(page.begin(), page.begin() + 1000));  // torn

    const Measured measured = Measure(file, Codec::kOpus);
    EXPECT_EQ(measured.setup_bytes, setup.size());
    EXPECT_EQ(measured.frames, 10u);
    EXPECT_EQ(measured.samples, 250 * kOpusPacketSamples);
    EXPECT_EQ(measured.bytes, whole);
    ASSERT_EQ(measured.index.size(), 5u);
    EXPECT_EQ(measured.index[0], (IndexEntry{0, setup.size()}));
    EXPECT_EQ(measured.index[1], (IndexEntry{48'000, setup.size() + 2 * page.size()}));
    EXPECT_EQ(measured.marks.head.marks.size(), 10u);
}

TEST(MeasureSegment, OtherCodecsHaveNoSetup) {
    Bytes file;
    for (unsigned i = 0; i < 10; ++i) Append(file, audio::test::Mp3(i));
    const Measured measured = Measure(file, Codec::kMpeg);
    EXPECT_EQ(measured.setup_bytes, 0u);
    EXPECT_EQ(measured.frames, 10u);
    EXPECT_EQ(measured.bytes, file.size());
}

}  // namespace
}  // namespace aircheck::catalog
