// SPDX-License-Identifier: MIT
#include "common/archive/reindex.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/archive/stream_files.h"
#include "common/storage/file_system.h"
#include "tests/unit/support/mpeg_frames.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
using storage::SegmentName;

const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};
constexpr auto kFrame = 24ms;
constexpr test::MpegShape kShape{128, 48'000};

class ReindexTest : public testing::Test {
protected:
    ReindexTest() { layout_.CreateStation("kpcc"); }

    std::filesystem::path Path(const SegmentName& name) const {
        return layout_.Resolve(storage::Layout::RelativeSegmentPath(name));
    }

    /// A file of frames that begin at `start` on the air, as a recorder leaves it.
    SegmentName Record(const std::string& take, std::uint32_t first, std::uint32_t count,
                       time::SysTime start, bool open = false) const {
        const SegmentName name{"kpcc", std::chrono::floor<std::chrono::seconds>(start), take,
                               audio::Codec::kMpeg, open};
        const auto frames = test::MpegFrames(first, count, kShape);
        std::ofstream(Path(name), std::ios::binary)
            .write(reinterpret_cast<const char*>(frames.data()),
                   static_cast<std::streamsize>(frames.size()));
        const util::UniqueFd fd(::open(Path(name).c_str(), O_WRONLY | O_CLOEXEC));
        storage::SystemFiles().SetModified(fd.get(), start + count * kFrame);
        return name;
    }

    ReindexReport Reindex(const ReindexHooks& hooks = {}) {
        return ReindexStation(layout_, catalog_, "kpcc", hooks);
    }

    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
    catalog::Catalog catalog_{layout_.Catalog(), catalog::Catalog::Mode::kReadWrite};
};

TEST_F(ReindexTest, FindsTakesAndWhereTheyGoOn) {
    Record("aaaaaaaaaaaa", 0, 500, kNoon + 250ms);
    Record("aaaaaaaaaaaa", 500, 500, kNoon + 250ms + 500 * kFrame);
    Record("bbbbbbbbbbbb", 900, 500, kNoon + 255ms + 900 * kFrame);
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 3}));

    const auto rows = catalog_.AllSegments("kpcc");
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].start, kNoon + 250ms);
    EXPECT_EQ(rows[0].end, rows[1].start);
    EXPECT_EQ(rows[1].sequence, 1);
    EXPECT_EQ(rows[1].take_sample, 500U * 1152);
    EXPECT_EQ(rows[1].state, catalog::SegmentState::kClosed);
    EXPECT_EQ(catalog_.Index(rows[1].id).size(), 12U);
    const auto take = catalog_.FindTake("aaaaaaaaaaaa");
    EXPECT_EQ(take->ended, rows[1].end);
    EXPECT_EQ(take->end_cause, kCauseUnknown);
    const auto splices = catalog_.SplicesInto("bbbbbbbbbbbb");
    ASSERT_EQ(splices.size(), 1U);
    EXPECT_TRUE(splices[0].exact);
    EXPECT_EQ(splices[0].position.ToNewer(900U * 1152), 0);
}

TEST_F(ReindexTest, TellsOfWhatIsNotKnownYet) {
    Record("aaaaaaaaaaaa", 0, 100, kNoon);
    TellUnknown(layout_, catalog_, "kpcc");
    EXPECT_EQ(catalog_.Value(UnknownKey("kpcc")), "1");
    Reindex();
    EXPECT_FALSE(catalog_.Value(UnknownKey("kpcc")));
    TellUnknown(layout_, catalog_, "kpcc");
    EXPECT_FALSE(catalog_.Value(UnknownKey("kpcc")));
}

TEST_F(ReindexTest, ChangesNothingThatIsKnown) {
    Record("aaaaaaaaaaaa", 0, 100, kNoon);
    Reindex();
    const auto before = catalog_.AllSegments();
    EXPECT_EQ(Reindex(), (ReindexReport{.known = 1}));
    EXPECT_EQ(catalog_.AllSegments(), before);
}

TEST_F(ReindexTest, GoesOnWhereItWasBrokenOff) {
    Record("aaaaaaaaaaaa", 0, 100, kNoon);
    Record("bbbbbbbbbbbb", 50, 100, kNoon + 50 * kFrame);
    int asked = 0;
    EXPECT_EQ(Reindex({.on_file = {}, .quit = [&] { return ++asked > 2; }}).added, 1U);
    EXPECT_EQ(Reindex(), (ReindexReport{.known = 1, .added = 1}));
    EXPECT_EQ(catalog_.SplicesInto("bbbbbbbbbbbb").size(), 1U);
}

TEST_F(ReindexTest, LeavesWhatIsNoneOfOursAndWhatHasNoSound) {
    Record("aaaaaaaaaaaa", 0, 100, kNoon);
    const auto empty = Record("bbbbbbbbbbbb", 0, 0, kNoon);
    std::ofstream(layout_.Streams("kpcc") / "notes.txt") << "mine";
    std::filesystem::create_directory(layout_.Streams("kpcc") / "folder");
    std::filesystem::create_symlink("/etc/passwd",
                                    Path({"kpcc", kNoon, "cccccccccccc", audio::Codec::kMpeg}));
    const auto report = Reindex();
    EXPECT_EQ(report.added, 1U);
    EXPECT_EQ(report.foreign, (std::vector<std::string>{"folder", "notes.txt"}));
    EXPECT_EQ(report.unusable.size(), 2U);
    EXPECT_TRUE(std::filesystem::exists(Path(empty)));
    EXPECT_EQ(Reindex().added, 0U);
}

TEST_F(ReindexTest, LeavesATakeToItsRecorderUntilThatHasSpoken) {
    Record("aaaaaaaaaaaa", 0, 500, kNoon);
    const auto part = Record("aaaaaaaaaaaa", 500, 500, kNoon + 500 * kFrame, true);
    const util::UniqueFd recorder(::open(Path(part).c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder.get(), LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(Reindex(), (ReindexReport{.open = 1, .waiting = 1}));

    catalog_.AddTake({"aaaaaaaaaaaa", "kpcc", "http://a", kNoon, std::nullopt, ""});
    const auto id = catalog_.AddSegment({.station = "kpcc",
                                         .take = "aaaaaaaaaaaa",
                                         .sequence = 5,
                                         .take_sample = 5'000'000,
                                         .path = storage::Layout::RelativeSegmentPath(part),
                                         .start = kNoon + 500 * kFrame,
                                         .end = kNoon + 1000 * kFrame,
                                         .bytes = 500 * 384,
                                         .frames = 500,
                                         .samples = 500 * 1152,
                                         .format = {.sample_rate = 48'000, .channels = 2}});
    EXPECT_EQ(Reindex(), (ReindexReport{.added = 1, .open = 1}));
    const auto segments = catalog_.SegmentsOfTake("aaaaaaaaaaaa");
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_EQ(segments[0].sequence, 4);
    EXPECT_EQ(segments[0].take_sample, 5'000'000U - 500 * 1152);
    EXPECT_EQ(catalog_.Index(id).size(), 12U);
    EXPECT_EQ(catalog_.Marks(id)->head.marks.size(), 500U);
    EXPECT_FALSE(catalog_.FindTake("aaaaaaaaaaaa")->ended);
}

TEST_F(ReindexTest, LeavesAFileThatIsBeingClosedToItsRow) {
    catalog_.AddTake({"aaaaaaaaaaaa", "kpcc", "http://a", kNoon, std::nullopt, ""});
    catalog_.AddSegment({.station = "kpcc",
                         .take = "aaaaaaaaaaaa",
                         .path = "kpcc/streams/kpcc-20261120T120000Z-aaaaaaaaaaaa.mp3.part",
                         .start = kNoon,
                         .end = kNoon});
    Record("aaaaaaaaaaaa", 0, 100, kNoon);
    EXPECT_EQ(Reindex(), (ReindexReport{.waiting = 1}));
}

TEST_F(ReindexTest, KnowsEveryStationThatHasAFolder) {
    layout_.CreateStation("wnyc");
    std::filesystem::create_directory(layout_.root() / "run");
    std::filesystem::create_directories(layout_.root() / "Not A Station" / "streams");
    EXPECT_EQ(StationsIn(layout_), (std::vector<std::string>{"kpcc", "wnyc"}));
}

}  // namespace
}  // namespace aircheck::archive
