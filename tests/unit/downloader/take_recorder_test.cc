// SPDX-License-Identifier: MIT
#include "downloader/take_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/common/audio/made_frames.h"
#include "tests/unit/support/mpeg_frames.h"

namespace aircheck::downloader {
namespace {

using namespace std::chrono_literals;
using test::Bytes;
using test::MpegFrames;

const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

/// A frame lasts this long; a second has about 38.28 of them.
constexpr double kFrameSeconds = 1152.0 / 44100;

class TakeRecorderTest : public testing::Test {
protected:
    TakeRecorderTest() {
        station_.callsign = "kpcc";
        station_.segment_time = 60s;
        Renew();
    }

    void Renew() {
        recorder_ = std::make_unique<TakeRecorder>(station_, "http://radio/", clock_,
                                                   [this] { return ++handle_; });
    }

    void Burst(std::uint32_t frames) {
        recorder_->Feed(MpegFrames(fed_, frames));
        fed_ += frames;
    }

    /// Sound that arrives as it is broadcast, collected once a second.
    void Broadcast(int seconds) {
        for (int second = 0; second < seconds; ++second) {
            for (int part = 0; part < 10; ++part) {
                clock_.Advance(100ms);
                broadcast_ += 0.1 / kFrameSeconds;
                const auto due = static_cast<std::uint32_t>(broadcast_);
                broadcast_ -= due;
                Burst(due);
            }
            recorder_->Collect(ops_, true);
        }
    }

    template <typename Op>
    std::vector<Op> Ops() const {
        std::vector<Op> found;
        for (const WriteOp& op : ops_)
            if (const auto* match = std::get_if<Op>(&op)) found.push_back(*match);
        return found;
    }

    Bytes Written(SegmentHandle handle = 0) const {
        Bytes all;
        for (const auto& op : Ops<AppendFrames>())
            if (handle == 0 || op.handle == handle)
                all.insert(all.end(), op.data.begin(), op.data.end());
        return all;
    }

    time::ManualClock clock_{kNoon};
    config::StationConfig station_;
    SegmentHandle handle_ = 0;
    std::unique_ptr<TakeRecorder> recorder_;
    std::vector<WriteOp> ops_;
    std::uint32_t fed_ = 0;
    double broadcast_ = 0;
};

TEST_F(TakeRecorderTest, WritesEveryWholeFrameOnce) {
    Burst(150);
    Broadcast(10);
    recorder_->End("stopped", ops_);
    EXPECT_EQ(Written(), MpegFrames(0, fed_));
    EXPECT_EQ(recorder_->frames(), fed_);
    ASSERT_EQ(Ops<CloseSegment>().size(), 1u);
    EXPECT_EQ(Ops<CloseSegment>()[0].progress.frames, fed_);
    ASSERT_EQ(Ops<EndTake>().size(), 1u);
    EXPECT_EQ(Ops<EndTake>()[0].cause, "stopped");
}

TEST_F(TakeRecorderTest, DropsATornFrameAtBothEnds) {
    Bytes stream = MpegFrames(0, 20);
    recorder_->Feed(std::span(stream).subspan(100, stream.size() - 300));
    recorder_->End("server closed", ops_);
    EXPECT_EQ(Written(), MpegFrames(1, 18));
}

TEST_F(TakeRecorderTest, DatesABurstByWhenItWasOnTheAir) {
    Burst(157);  // 4.1 s of the past, at once
    Broadcast(8);
    const auto last = Ops<AppendFrames>().back().progress;
    EXPECT_NEAR((kNoon - last.start).count() / 1e6, 157 * kFrameSeconds, 0.15);
    EXPECT_NEAR((clock_.Now() - last.end).count() / 1e6, 0, 0.15);
}

TEST_F(TakeRecorderTest, CutsOnTimeWithoutLosingAFrame) {
    Broadcast(200);
    recorder_->End("stopped", ops_);
    const auto opened = Ops<OpenSegment>();
    const auto closed = Ops<CloseSegment>();
    ASSERT_EQ(opened.size(), 4u);
    ASSERT_EQ(closed.size(), 4u);
    Bytes all;
    for (std::size_t i = 0; i < opened.size(); ++i) {
        EXPECT_EQ(opened[i].segment.sequence, static_cast<int>(i));
        EXPECT_EQ(opened[i].segment.take, recorder_->id());
        if (i > 0) {
            EXPECT_EQ(opened[i].segment.start, closed[i - 1].progress.end);
        }
        const Bytes part = Written(opened[i].handle);
        all.insert(all.end(), part.begin(), part.end());
    }
    EXPECT_NEAR((closed[0].progress.end - closed[0].progress.start).count() / 1e6, 60, 0.05);
    EXPECT_EQ(all, MpegFrames(0, fed_));
}

TEST_F(TakeRecorderTest, KeepsPublishedDatesWhenTheSystemClockSteps) {
    Broadcast(10);
    const auto before = Ops<AppendFrames>().back().progress;
    clock_.Step(1h);
    Broadcast(10);
    const auto after = Ops<AppendFrames>().back().progress;
    EXPECT_EQ(after.start, before.start);
    EXPECT_NEAR((after.end - before.end).count() / 1e6, 10, 0.1);
}

TEST_F(TakeRecorderTest, FollowsADriftingSampleClockForHours) {
    for (const double drift : {-150e-6, 150e-6, 200e-6}) {
        for (const auto segment_time : {5min, 15min, 60min}) {
            station_.segment_time = segment_time;
            Renew();
            const Bytes frames = MpegFrames(0, 40);
            double worst = 0;
            double due = 0;
            for (int second = 0; second < 4 * 3600; ++second) {
                if (second == 3600) clock_.Step(1h);
                clock_.Advance(1s);
                due += 1 / (1 + drift) / kFrameSeconds;
                recorder_->Feed(std::span(frames).first(static_cast<std::size_t>(due) * 417));
                due -= std::floor(due);
                ops_.clear();
                recorder_->Collect(ops_, true);
                if (second < 10) continue;
                const auto end = Ops<AppendFrames>().back().progress.end;
                const auto now = clock_.Now() - (second < 3600 ? 0h : 1h);
                worst = std::max(worst, std::abs((now - end).count() / 1e6 - due * kFrameSeconds));
            }
            EXPECT_LT(worst, 0.25) << drift << " " << segment_time.count();
            clock_.Step(-1h);
        }
    }
}

TEST_F(TakeRecorderTest, IndexesAboutOneFrameASecond) {
    Broadcast(30);
    std::vector<catalog::IndexEntry> index;
    for (const auto& op : Ops<AppendFrames>())
        index.insert(index.end(), op.progress.index.begin(), op.progress.index.end());
    EXPECT_NEAR(static_cast<double>(index.size()), 30, 2);
    for (const auto& entry : index) {
        EXPECT_EQ(entry.sample % test::kFrameSamples, 0u);
        EXPECT_EQ(entry.offset, entry.sample / test::kFrameSamples * 417);
    }
}

TEST_F(TakeRecorderTest, BeginsANewSegmentWhereTheFormatChanges) {
    Broadcast(8);
    const auto before = recorder_->frames();
    recorder_->Feed(MpegFrames(0, 50, {.kbps = 128, .sample_rate = 48000}));
    recorder_->End("stopped", ops_);
    ASSERT_EQ(Ops<OpenSegment>().size(), 2u);
    EXPECT_EQ(Ops<OpenSegment>()[1].segment.format.sample_rate, 48000u);
    EXPECT_EQ(Ops<CloseSegment>()[0].progress.frames, before);
    EXPECT_EQ(Ops<CloseSegment>()[1].progress.frames, 50u);
    // To be found again by samples of one rate, at their places in the whole take.
    const auto tail = recorder_->View().tail;
    EXPECT_EQ(tail.marks.size(), 50u);
    EXPECT_EQ(tail.begin, before * test::kFrameSamples);
    EXPECT_EQ(Ops<OpenSegment>()[1].segment.take_sample, tail.begin);
    EXPECT_EQ(Ops<KeepMarks>()[0].marks.tail.marks.size(), before);
    EXPECT_EQ(Ops<KeepMarks>()[1].marks.head.marks.size(), 50u);
}

TEST_F(TakeRecorderTest, RecordsAnotherCodecInAFileOfItsOwn) {
    namespace made = audio::test;
    std::vector<Bytes> parts(3);
    for (unsigned i = 0; i < 20; ++i) {
        made::Append(parts[0], made::Mp3(i));
        made::Append(parts[1], made::Adts(300 + i, i));
        made::Append(parts[2], made::FreeMp3(653, i));
    }
    for (const Bytes& part : parts) recorder_->Feed(part);
    recorder_->End("stopped", ops_);
    const auto opened = Ops<OpenSegment>();
    ASSERT_EQ(opened.size(), 3u);
    for (std::size_t i = 0; i < opened.size(); ++i) {
        EXPECT_EQ(Written(opened[i].handle), parts[i]) << i;
        EXPECT_EQ(opened[i].segment.take, recorder_->id());
    }
    EXPECT_EQ(opened[1].segment.format.codec, audio::Codec::kAdts);
    EXPECT_EQ(opened[1].segment.start, Ops<CloseSegment>()[0].progress.end);
    EXPECT_EQ(recorder_->skipped_bytes(), 0u);
}

TEST_F(TakeRecorderTest, WritesABurstBeforeItCanDateIt) {
    Burst(20);
    recorder_->Collect(ops_, false);
    ASSERT_EQ(Ops<OpenSegment>().size(), 1u);
    EXPECT_EQ(Ops<OpenSegment>()[0].segment.start, time::SysTime{});
    ASSERT_EQ(Ops<AppendFrames>().size(), 1u);
    EXPECT_FALSE(Ops<AppendFrames>()[0].dated);
    EXPECT_TRUE(Ops<BeginTake>().empty()) << "the catalog must not know of it";

    Burst(20);
    recorder_->Collect(ops_, false);
    recorder_->Collect(ops_, true);
    ASSERT_EQ(Ops<BeginTake>().size(), 1u);
    ASSERT_EQ(Ops<AppendFrames>().size(), 3u);
    EXPECT_FALSE(Ops<AppendFrames>()[1].dated);
    EXPECT_TRUE(Ops<AppendFrames>()[2].dated) << "also where there is no more sound";
    EXPECT_TRUE(Ops<AppendFrames>()[2].data.empty());
    EXPECT_EQ(Ops<AppendFrames>()[2].progress.frames, 40u);
    recorder_->Collect(ops_, true);
    EXPECT_EQ(Ops<AppendFrames>().size(), 3u) << "nothing is new";
}

TEST_F(TakeRecorderTest, DatesWhatEndsWithinItsBurst) {
    Burst(20);
    recorder_->Collect(ops_, false);
    recorder_->End("server closed", ops_);
    EXPECT_EQ(Ops<BeginTake>().size(), 1u);
    EXPECT_TRUE(Ops<AppendFrames>().back().dated);
    EXPECT_EQ(Ops<CloseSegment>().size(), 1u);
    EXPECT_EQ(Ops<EndTake>().size(), 1u);
}

TEST_F(TakeRecorderTest, DatesTitlesByTheirPlaceInTheSound) {
    Burst(157);
    recorder_->AddTitle({"at noon", ""});
    recorder_->Collect(ops_, true);
    EXPECT_TRUE(Ops<AddTitle>().empty()) << "its date is not known yet";
    Broadcast(8);
    ASSERT_EQ(Ops<AddTitle>().size(), 1u);
    EXPECT_EQ(Ops<AddTitle>()[0].title.title, "at noon");
    EXPECT_NEAR((Ops<AddTitle>()[0].title.at - kNoon).count() / 1e6, 0, 0.15);
}

TEST_F(TakeRecorderTest, LeavesNothingBehindWhereThereWasNoSound) {
    const Bytes noise(5000, std::byte{0x3c});
    recorder_->Feed(noise);
    recorder_->End("no audio", ops_);
    EXPECT_TRUE(ops_.empty());
    EXPECT_EQ(recorder_->frames(), 0u);
}

}  // namespace
}  // namespace aircheck::downloader
