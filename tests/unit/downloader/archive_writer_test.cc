// SPDX-License-Identifier: MIT
#include "downloader/archive_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>

#include "downloader/segment_file.h"
#include "tests/unit/downloader/archive_writer_fixture.h"

namespace aircheck::downloader {
namespace {

TEST_F(ArchiveWriterTest, MakesAFileAgainThatWasRemovedBeforeItWasLocked) {
    files_.to_remove = 2;
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    EXPECT_EQ(files_.to_remove, 0);
    EXPECT_EQ(Size("kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3.part"), 20 * 417U);
}

TEST_F(ArchiveWriterTest, ShowsAnOpenSegmentWhileItGrows) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 10), Progress(10)}});
    Write({AppendFrames{1, MpegFrames(10, 10), Progress(20)}});
    const auto segments = Reader().SegmentsBetween("kpcc", kNoon, kNoon + 1s);
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].state, catalog::SegmentState::kOpen);
    EXPECT_EQ(segments[0].frames, 20u);
    EXPECT_EQ(segments[0].path, "kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3.part");
    EXPECT_EQ(Size(segments[0].path), 20u * 417);
    EXPECT_EQ(writer_->open_files(), 1);
    ASSERT_EQ(events_.size(), 1u);
    EXPECT_EQ(events_[0].event, "opened");
}

TEST_F(ArchiveWriterTest, KeepsWhatHasNoDateFromTheCatalog) {
    OpenSegment undated = Open();
    undated.segment.start = undated.segment.end = {};
    const std::string first = "kpcc/streams/kpcc-19700101T000000Z-0123abcd4567.mp3.part";
    Write({undated, AppendFrames{1, MpegFrames(0, 10), Progress(10), false}});
    EXPECT_EQ(Size(first), 10u * 417);
    EXPECT_TRUE(Reader().AllSegments("kpcc").empty());
    EXPECT_TRUE(events_.empty());

    Write({begin_, AppendFrames{1, MpegFrames(10, 10), Progress(20)}});
    const auto segments = Reader().OpenSegments("kpcc");
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].path, "kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3.part");
    EXPECT_EQ(segments[0].start, kNoon);
    EXPECT_EQ(segments[0].frames, 20u);
    EXPECT_EQ(Size(segments[0].path), 20u * 417);
    EXPECT_FALSE(std::filesystem::exists(layout_.Resolve(first)));
    EXPECT_EQ(events_.size(), 1u);
}

TEST_F(ArchiveWriterTest, DatesWhatEndsWithoutMoreSound) {
    OpenSegment undated = Open();
    undated.segment.start = undated.segment.end = {};
    Write({undated, AppendFrames{1, MpegFrames(0, 10), Progress(10), false}});
    Write({begin_, AppendFrames{1, {}, Progress(10)}, CloseSegment{1, Progress(10)}});
    const auto segments = Reader().AllSegments("kpcc");
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].path, "kpcc/streams/kpcc-20261120T120000Z-0123abcd4567.mp3");
    EXPECT_EQ(segments[0].frames, 10u);
}

TEST_F(ArchiveWriterTest, TellsTheIndexNowAndThen) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 10), Progress(10)}});
    const auto id = Reader().OpenSegments("kpcc").at(0).id;
    EXPECT_TRUE(Reader().Index(id).empty());
    for (std::size_t frames = 20; frames <= 150; frames += 10)
        Write({AppendFrames{1, MpegFrames(frames - 10, 10), Progress(frames)}});
    EXPECT_EQ(Reader().Index(id).size(), 15u);
}

TEST_F(ArchiveWriterTest, HoldsALockOnWhatItWrites) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 10), Progress(10)}});
    const auto path = layout_.Resolve(Reader().OpenSegments("kpcc").at(0).path);
    const util::UniqueFd other(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_NE(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
}

TEST_F(ArchiveWriterTest, NamesAClosedSegmentByItsFinalDate) {
    auto progress = Progress(20);
    progress.start -= 4s;
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)},
           CloseSegment{1, progress}, EndTake{"0123abcd4567", progress.end, "stalled"}});
    const auto segments = Reader().AllSegments("kpcc");
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].state, catalog::SegmentState::kClosed);
    EXPECT_EQ(segments[0].path, "kpcc/streams/kpcc-20261120T115956Z-0123abcd4567.mp3");
    EXPECT_EQ(Size(segments[0].path), 20u * 417);
    EXPECT_EQ(Reader().FindTake("0123abcd4567")->end_cause, "stalled");
    EXPECT_EQ(writer_->open_files(), 0);
    EXPECT_EQ(events_.back().event, "closed");
}

TEST_F(ArchiveWriterTest, NeverWritesTwoSegmentsIntoOneFile) {
    Write({begin_, Open(1), AppendFrames{1, MpegFrames(0, 20), Progress(20)},
           CloseSegment{1, Progress(20)}, Open(2),
           AppendFrames{2, MpegFrames(50, 20), Progress(20)}, CloseSegment{2, Progress(20)}});
    const auto segments = Reader().AllSegments("kpcc");
    ASSERT_EQ(segments.size(), 2u);
    EXPECT_NE(segments[0].path, segments[1].path);
    EXPECT_EQ(Size(segments[0].path), 20u * 417);
    EXPECT_EQ(Size(segments[1].path), 20u * 417);
}

TEST_F(ArchiveWriterTest, HoldsFramesBackWhileTheyCannotBeWritten) {
    std::filesystem::remove_all(layout_.Streams("kpcc"));
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 20), Progress(20)}});
    EXPECT_TRUE(Reader().AllSegments("kpcc").empty()) << "the catalog tells what is in the file";
    layout_.CreateStation("kpcc");
    Write({AppendFrames{1, MpegFrames(20, 20), Progress(40)}});
    const auto segments = Reader().AllSegments("kpcc");
    ASSERT_EQ(segments.size(), 1u);
    EXPECT_EQ(segments[0].frames, 40u);
    EXPECT_EQ(Size(segments[0].path), 40u * 417);
    EXPECT_TRUE(lost_.empty());
    Write({CloseSegment{1, Progress(40)}});
    EXPECT_GE(Reader().Index(segments[0].id).size(), 2u) << "nothing of the index is lost";
}

TEST_F(ArchiveWriterTest, SaysWhatIsLostWhenTheDiskNeverTakesIt) {
    std::filesystem::remove_all(layout_.Streams("kpcc"));
    Bytes much(SegmentFile::kMaxBacklog + 1);
    Write({begin_, Open(), AppendFrames{1, std::move(much), Progress(20)}});
    loop_.poll();
    EXPECT_EQ(lost_, std::vector<SegmentHandle>{1});
}

TEST_F(ArchiveWriterTest, RecordsOnWhileTheCatalogIsLocked) {
    Write({begin_, Open(), AppendFrames{1, MpegFrames(0, 10), Progress(10)}});
    const auto path = Reader().OpenSegments("kpcc").at(0).path;
    // A catalog that nobody can open: the folder stands where the file should.
    writer_.reset();
    const auto aside = layout_.root() / "aside";
    std::filesystem::rename(layout_.Catalog(), aside);
    std::filesystem::create_directory(layout_.Catalog());
    writer_ = std::make_unique<ArchiveWriter>(
        loop_, layout_, clock_, ArchiveWriter::Events{[](auto) {}, [](auto) {}, [] {}});
    auto later = Open(2);
    later.segment.take = "89abcdef0123";
    BeginTake take = begin_;
    take.take.id = "89abcdef0123";
    Write({take, later, AppendFrames{2, MpegFrames(0, 10), Progress(10)}});
    EXPECT_EQ(Size("kpcc/streams/kpcc-20261120T120000Z-89abcdef0123.mp3.part"), 10u * 417);
    std::filesystem::remove(layout_.Catalog());
    std::filesystem::rename(aside, layout_.Catalog());
    Write({AppendFrames{2, MpegFrames(10, 10), Progress(20)}});
    EXPECT_EQ(Reader().AllSegments("kpcc").size(), 2u);
    EXPECT_TRUE(Reader().FindTake("89abcdef0123").has_value());
}

}  // namespace
}  // namespace aircheck::downloader
