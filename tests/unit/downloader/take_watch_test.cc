// SPDX-License-Identifier: MIT
#include "downloader/take_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/util/unique_fd.h"
#include "tests/unit/support/mpeg_frames.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::downloader {
namespace {

using namespace std::chrono_literals;

class TakeWatchTest : public testing::Test {
protected:
    TakeWatchTest() : layout_(folder_.path()) { layout_.Create(); }

    /// A recorder that died a moment ago.
    void Leave(const std::string& station, const std::string& take) {
        layout_.CreateStation(station);
        const auto now = std::chrono::floor<std::chrono::seconds>(time::SystemClock().Now());
        const auto bytes = test::MpegFrames(0, 100);
        const storage::SegmentName name{station, now - 10s, take, audio::Codec::kMpeg, true};
        std::ofstream(layout_.Streams(station) / storage::FormatSegmentName(name))
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }

    /// What is told until there are so many takes.
    void RunUntilTold(std::size_t count) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (told_.size() < count && std::chrono::steady_clock::now() < deadline)
            loop_.run_one_for(50ms);
        EXPECT_EQ(told_.size(), count);
    }

    TakeWatch Watch(std::set<std::string> stations, std::set<std::string> others) {
        return {loop_,
                layout_,
                std::move(stations),
                std::move(others),
                time::SystemClock(),
                black_box_,
                [this](const std::string& station, const archive::KnownTake& take) {
                    told_.push_back(station + " " + take.id);
                }};
    }

    test::TempFolder folder_;
    storage::Layout layout_;
    boost::asio::io_context loop_;
    const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        loop_.get_executor()};
    worker::BlackBox black_box_;
    std::vector<std::string> told_;
};

TEST_F(TakeWatchTest, TellsOfWhatTheDeadLeft) {
    Leave("kpcc", "3f9a2c1d7e05");
    const TakeWatch watch = Watch({"kpcc"}, {});
    RunUntilTold(1);
    EXPECT_EQ(told_, std::vector<std::string>{"kpcc 3f9a2c1d7e05"});
}

/// A hung one that was killed after another one had taken its place.
TEST_F(TakeWatchTest, TidiesUpWhenItEnds) {
    Leave("kpcc", "0123456789ab");
    Leave("kusc", "0123456789ac");
    const auto path = layout_.Streams("kpcc") / "kpcc-19700101T000000Z-0123456789ad.mp3.part";
    std::ofstream(path) << "a part of a burst";
    util::UniqueFd recorder(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder.get(), LOCK_EX | LOCK_NB), 0);
    {
        const auto watch = Watch({"kpcc", "kusc"}, {});
        RunUntilTold(2);
        EXPECT_TRUE(std::filesystem::exists(path));
        recorder.Close();
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(TakeWatchTest, FollowsOtherStationsWhenTheyChange) {
    Leave("kpcc", "3f9a2c1d7e05");
    Leave("kqed", "0123abcd4567");
    Leave("gone", "89abcdef0123");
    TakeWatch watch = Watch({"kpcc"}, {});
    RunUntilTold(1);
    watch.Follow({"kqed"}, {"gone"});
    RunUntilTold(2);
    EXPECT_EQ(told_.back(), "kqed 0123abcd4567");
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const auto parts_of_gone = [this] {
        for (const auto& entry : std::filesystem::directory_iterator(layout_.Streams("gone")))
            if (entry.path().extension() == ".part") return true;
        return false;
    };
    while (parts_of_gone() && std::chrono::steady_clock::now() < deadline) loop_.run_one_for(10ms);
    EXPECT_FALSE(parts_of_gone()) << "looked after, but told to nobody";
    EXPECT_EQ(told_.size(), 2U);
}

}  // namespace
}  // namespace aircheck::downloader
