// SPDX-License-Identifier: MIT
#include "common/archive/rename.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/archive/stream_files.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
using storage::SegmentName;

const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};
constexpr char kTake[] = "aaaaaaaaaaaa";

class RenameTest : public testing::Test {
protected:
    RenameTest() {
        layout_.CreateStation("kpcc");
        catalog_.AddTake({kTake, "kpcc", "", kNoon, std::nullopt, ""});
    }

    static SegmentName Name(time::SysTime start) {
        return {"kpcc", std::chrono::floor<std::chrono::seconds>(start), kTake, audio::Codec::kMpeg,
                false};
    }
    std::filesystem::path Path(const SegmentName& name) const {
        return layout_.Resolve(storage::Layout::RelativeSegmentPath(name));
    }

    /// A finished segment that began at `start`, and whose name says `named`.
    std::int64_t Add(time::SysTime start, time::SysTime named, const std::string& text) {
        std::ofstream(Path(Name(named))) << text;
        catalog::Segment row;
        row.station = "kpcc";
        row.take = kTake;
        row.sequence = sequence_++;
        row.path = storage::Layout::RelativeSegmentPath(Name(named));
        row.state = catalog::SegmentState::kClosed;
        row.start = start;
        row.end = start + 10s;
        row.bytes = text.size();
        row.format.sample_rate = 48'000;
        row.id = catalog_.AddSegment(row);
        catalog_.Close({.id = row.id, .start = row.start, .end = row.end, .bytes = row.bytes},
                       row.path);
        return row.id;
    }

    std::string Text(const SegmentName& name) const {
        std::ifstream file(Path(name));
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string PathOf(std::int64_t id) const { return catalog_.FindSegment(id)->path; }
    std::size_t Files() const { return ListStreamFiles(layout_, "kpcc").finished.size(); }

    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
    catalog::Catalog catalog_{layout_.Catalog(), catalog::Catalog::Mode::kReadWrite};
    int sequence_ = 0;
};

TEST_F(RenameTest, GivesTheNameOfTheTime) {
    const auto wrong = Add(kNoon + 300ms, kNoon - 1h, "one");
    const auto right = Add(kNoon + 10s, kNoon + 10s, "two");
    const auto report = RenameStation(layout_, catalog_, "kpcc");
    EXPECT_EQ(report.segments, 2u);
    EXPECT_EQ(report.renamed, 1u);
    EXPECT_EQ(report.failed, 0u);
    EXPECT_EQ(PathOf(wrong), storage::Layout::RelativeSegmentPath(Name(kNoon)));
    EXPECT_EQ(PathOf(right), storage::Layout::RelativeSegmentPath(Name(kNoon + 10s)));
    EXPECT_EQ(Text(Name(kNoon)), "one");
    EXPECT_EQ(Files(), 2u);
    EXPECT_EQ(RenameStation(layout_, catalog_, "kpcc").renamed, 0u);
}

TEST_F(RenameTest, NeverTakesAnothersName) {
    const auto first = Add(kNoon, kNoon, "one");
    const auto second = Add(kNoon + 400ms, kNoon - 1h, "two");
    EXPECT_EQ(RenameStation(layout_, catalog_, "kpcc").renamed, 1u);
    EXPECT_EQ(PathOf(first), storage::Layout::RelativeSegmentPath(Name(kNoon)));
    EXPECT_EQ(PathOf(second), storage::Layout::RelativeSegmentPath(Name(kNoon + 1s)));
    EXPECT_EQ(Text(Name(kNoon)), "one");
    EXPECT_EQ(Text(Name(kNoon + 1s)), "two");
    EXPECT_EQ(RenameStation(layout_, catalog_, "kpcc").renamed, 0u);
}

TEST_F(RenameTest, DropsTheSecondNameThatACrashHasLeft) {
    const auto before = Add(kNoon, kNoon - 1h, "one");  // not known by its new name yet
    std::filesystem::create_hard_link(Path(Name(kNoon - 1h)), Path(Name(kNoon)));
    const auto after = Add(kNoon + 10s, kNoon + 10s, "two");  // known by it, and has the old one
    std::filesystem::create_hard_link(Path(Name(kNoon + 10s)), Path(Name(kNoon - 2h)));
    RenameStation(layout_, catalog_, "kpcc");
    EXPECT_EQ(Files(), 2u);
    EXPECT_EQ(PathOf(before), storage::Layout::RelativeSegmentPath(Name(kNoon)));
    EXPECT_EQ(PathOf(after), storage::Layout::RelativeSegmentPath(Name(kNoon + 10s)));
    EXPECT_EQ(Text(Name(kNoon)), "one");
}

TEST_F(RenameTest, LeavesWhatItCannotRename) {
    const auto lost = Add(kNoon, kNoon - 1h, "one");
    std::filesystem::remove(Path(Name(kNoon - 1h)));
    const auto report = RenameStation(layout_, catalog_, "kpcc");
    EXPECT_EQ(report.failed, 1u);
    EXPECT_EQ(PathOf(lost), storage::Layout::RelativeSegmentPath(Name(kNoon - 1h)));
}

}  // namespace
}  // namespace aircheck::archive
