// SPDX-License-Identifier: MIT
// Disks that are full, read-only, broken or forgetful.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "downloader/cause.h"
#include "downloader/segment_file.h"
#include "tests/unit/downloader/archive_writer_fixture.h"

namespace aircheck::downloader {
namespace {

constexpr char kPart[] = "kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3.part";
constexpr char kFinal[] = "kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3";

class FailingDisk : public ArchiveWriterTest {
protected:
    Bytes Read(const std::string& path) const {
        std::ifstream file(layout_.Resolve(path), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto* begin = reinterpret_cast<const std::byte*>(text.data());
        return {begin, begin + text.size()};
    }

    std::vector<catalog::Failure> Failures() const {
        return Reader().FailuresBetween("kpcc", kNoon - 1h, kNoon + 1h);
    }

    /// Rounds until the disk has been asked once more to keep what was written, and has answered.
    void Sync() {
        const int before = files_.syncs;
        while (files_.syncs == before) {
            clock_.Advance(11s);
            Write({});
            std::this_thread::yield();
        }
    }
};

/// Each of these passes, and nothing is missing.
class PassingFault : public FailingDisk, public testing::WithParamInterface<int> {};

TEST_P(PassingFault, InWritingLosesNothing) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.write_error = GetParam();
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    EXPECT_EQ(Reader().OpenSegments("kpcc").at(0).frames, 20U);
    files_.write_error = 0;
    Write({AppendFrames{1, MpegFrames(40, 20), Progress(60)}, CloseSegment{1, Progress(60)}});
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 60));
    EXPECT_TRUE(lost_.empty());
    EXPECT_TRUE(Failures().empty());
}

TEST_P(PassingFault, InOpeningLosesNothing) {
    files_.open_error = GetParam();
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.open_error = 0;
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    EXPECT_EQ(Read(kPart), MpegFrames(0, 40));
}

TEST_P(PassingFault, InClosingIsTriedAgain) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.rename_error = GetParam();
    writer_->Submit(
        {CloseSegment{1, Progress(20)}, EndTake{"0123abcd4567", kNoon + 1s, "cascade"}});
    while (!writer_->HasRoom()) loop_.run_one();
    files_.rename_error = 0;
    Write({});
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 20));
    EXPECT_EQ(Reader().AllSegments("kpcc").at(0).state, catalog::SegmentState::kClosed);
    EXPECT_EQ(writer_->open_files(), 0);
}

INSTANTIATE_TEST_SUITE_P(Errors, PassingFault, testing::Values(ENOSPC, EIO, EROFS));

TEST_F(FailingDisk, ShortWritesAreGoneOnWith) {
    files_.most_at_once = 1000;
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    EXPECT_EQ(Read(kPart), MpegFrames(0, 20));
}

TEST_F(FailingDisk, AWriteThatIsCutShortIsGoneOnWithWhenThereIsRoom) {
    files_.room = 5000;
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    EXPECT_EQ(Read(kPart).size(), 5000U);
    EXPECT_TRUE(Reader().AllSegments("kpcc").empty());
    files_.room = 1'000'000;
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    EXPECT_EQ(Read(kPart), MpegFrames(0, 40));
}

TEST_F(FailingDisk, WhatItNeverTakesIsAHoleWithACause) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.write_error = EROFS;
    writer_->Submit({AppendFrames{1, Bytes(SegmentFile::kMaxBacklog + 1), Progress(1000)}});
    while (lost_.empty()) loop_.run_one();
    EXPECT_EQ(lost_, std::vector<SegmentHandle>{1});
    files_.write_error = 0;
    Write({});
    ASSERT_EQ(Failures().size(), 1U);
    EXPECT_EQ(Failures()[0].cause, cause::kDisk);
    EXPECT_EQ(Failures()[0].at, Progress(20).end);
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 20));
}

TEST_F(FailingDisk, OneStationDoesNotTouchAnother) {
    layout_.CreateStation("wnyc");
    std::filesystem::remove_all(layout_.Streams("kpcc"));
    auto other = Open(2);
    other.segment.station = "wnyc";
    other.segment.take = "89abcdef0123";
    Write({begin_, BeginTake{{.id = "89abcdef0123", .station = "wnyc", .connected = kNoon}}, Open(),
           other, AppendFrames{1, MpegFrames(0, 20), Progress(20)},
           AppendFrames{2, MpegFrames(0, 20), Progress(20)}});
    EXPECT_TRUE(Reader().AllSegments("kpcc").empty());
    EXPECT_EQ(Reader().AllSegments("wnyc").at(0).frames, 20U);
}

TEST_F(FailingDisk, WhatCouldNotBeSyncedIsWrittenAgain) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.sync_error = EIO;
    Sync();
    files_.sync_error = 0;
    // As if the disk had dropped what is only in memory still.
    files_.room = 20UL * 417;
    Write({});
    while (files_.room > 0) {
        clock_.Advance(1s);
        Write({});
    }
    files_.room = 1'000'000;
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    Sync();
    Write({CloseSegment{1, Progress(40)}});
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 40));
    EXPECT_TRUE(Failures().empty());
}

TEST_F(FailingDisk, WhatItHasForgottenIsDeclaredLost) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    Sync();
    Write({});
    clock_.Advance(2s);
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    files_.sync_error = EIO;
    files_.forgetful = true;
    Sync();
    files_.sync_error = 0;
    while (lost_.empty()) {
        clock_.Advance(1s);
        Write({});
        loop_.poll();
    }
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 20));
    const auto row = Reader().AllSegments("kpcc").at(0);
    EXPECT_EQ(row.frames, 20U);
    EXPECT_EQ(row.state, catalog::SegmentState::kClosed);
    ASSERT_EQ(Failures().size(), 1U);
    EXPECT_EQ(Failures()[0].cause, cause::kDisk);
}

TEST_F(FailingDisk, AFileThatCannotBeSyncedAtItsEndIsTriedAgain) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    files_.sync_error = EIO;
    writer_->Submit({CloseSegment{1, Progress(20)}});
    while (!writer_->HasRoom()) loop_.run_one();
    files_.sync_error = 0;
    Write({});
    EXPECT_EQ(Read(kFinal), MpegFrames(0, 20));
}

}  // namespace
}  // namespace aircheck::downloader
