// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/unit/webapi/fake_recording.h"
#include "webapi/listening/live_follower.h"
#include "webapi/listening/live_pacer.h"
#include "webapi/listening/live_search.h"

namespace aircheck::webapi {
namespace {

const time::SysTime kStart = At("20261120T200000Z");

catalog::Segment Row(std::int64_t id, double seconds) {
    catalog::Segment row;
    row.id = id;
    row.start = kStart;
    row.end = kStart + time::Micros{static_cast<std::int64_t>(seconds * 1e6)};
    row.bytes = static_cast<std::uint64_t>(seconds * 1000);  // 1000 bytes a second
    return row;
}

TEST(LivePacer, SendsTheLeadAtOnceAndThenAtBroadcastSpeed) {
    time::ManualClock clock(kStart);
    LivePacer pacer(clock, 10_s);
    pacer.Enter(Row(1, 100), 20'000);
    EXPECT_EQ(pacer.Take(), 10'000u);
    EXPECT_EQ(pacer.Take(), 0u);
    for (int i = 0; i < 20; ++i) {
        clock.Advance(1_s);
        EXPECT_EQ(pacer.Take(), 1000u);
    }
    EXPECT_EQ(pacer.position(), 50'000u);
    clock.Advance(100_s);
    EXPECT_EQ(pacer.Take(), 50'000u);  // and not past the end
    EXPECT_TRUE(pacer.Done());
}

TEST(LivePacer, CountsOnFromSegmentToSegment) {
    time::ManualClock clock(kStart);
    LivePacer pacer(clock, 10_s);
    pacer.Enter(Row(1, 4), 0);
    EXPECT_EQ(pacer.Take(), 4000u);
    pacer.Enter(Row(2, 100), 0);
    EXPECT_EQ(pacer.Take(), 6000u);
    clock.Advance(1_s);
    EXPECT_EQ(pacer.Take(), 1000u);
}

TEST(LivePacer, NeverPassesTheEdge) {
    time::ManualClock clock(kStart);
    LivePacer pacer(clock, 10_s);
    pacer.Enter(Row(1, 5), 0);
    EXPECT_EQ(pacer.Take(), 5000u);
    clock.Advance(3600_s);
    EXPECT_EQ(pacer.Take(), 0u);
    pacer.Refresh(Row(1, 6));
    EXPECT_EQ(pacer.Take(), 1000u);
    pacer.Refresh(Row(1, 5));  // an older answer that came late
    EXPECT_EQ(pacer.Take(), 0u);
    EXPECT_TRUE(pacer.Done());
}

/// A listener and the recording that he listens to, one second at a time.
class LiveListener {
public:
    LiveListener(FakeRecording& recording, time::ManualClock& clock, time::SysTime start)
        : recording_(recording),
          follower_(
              clock, kLiveLead,
              StepTo({*FindLiveStart(recording.catalog(), recording.layout(), "kpcc", start), {}})),
          clock_(clock) {}

    /// What the loop does at each tick.
    void Tick() {
        const auto newest =
            LoadRecorded(recording_.catalog(), "kpcc", clock_.Now() - 60_s, clock_.Now() + 3600_s);
        for (;;) {
            follower_.Observe(newest);
            Receive(follower_.Take());
            if (!follower_.WantsNext(newest)) return;
            auto next = FindLiveNext(recording_.catalog(), recording_.layout(), follower_.current(),
                                     clock_.Now());
            if (!next) return;
            lost_ += next->lost;
            follower_.Enter(StepTo(std::move(*next)));
        }
    }

    const std::string& heard() const { return heard_; }
    time::Micros lost() const { return lost_; }

private:
    void Receive(const Extent& extent) {
        std::string part(extent.size, '\0');
        EXPECT_EQ(::pread(extent.fd, part.data(), part.size(), static_cast<off_t>(extent.offset)),
                  static_cast<ssize_t>(part.size()));
        heard_ += part;
    }

    FakeRecording& recording_;
    LiveFollower follower_;
    time::ManualClock& clock_;
    std::string heard_;
    time::Micros lost_{};
};

TEST(LiveFollower, AnHourBehindTheEdgeLosesAndDoublesNothing) {
    FakeRecording recording;
    time::ManualClock clock(kStart);
    recording.AddTake("00000000000a", kStart);
    std::uint32_t frames = 0;
    int sequence = 0;
    catalog::Segment open = recording.AddSegment("00000000000a", 0, kStart, 0, 0, true);
    // Frames up to the present; a new segment every 15 minutes less a bit.
    const auto record = [&] {
        clock.Advance(1_s);
        std::uint32_t due = 0;
        while (kStart + FakeDuration(frames + due + 1) <= clock.Now()) ++due;
        recording.Grow(open, frames, due);
        frames += due;
        if (open.frames > 33'333) {
            recording.Close(open);
            open = recording.AddSegment("00000000000a", ++sequence, kStart + FakeDuration(frames),
                                        0, 0, true);
        }
    };
    for (int second = 0; second < 300; ++second) record();

    LiveListener listener(recording, clock, clock.Now() - 300_s);
    listener.Tick();
    const double lead = 10 * 16'000;
    EXPECT_NEAR(static_cast<double>(listener.heard().size()), lead, 1000);
    for (int second = 1; second <= 3600; ++second) {
        record();
        listener.Tick();
        ASSERT_NEAR(static_cast<double>(listener.heard().size()), lead + second * 16'000.0, 5000)
            << "after " << second << " s";
    }
    const std::string all = FakeFrames(0, frames);
    EXPECT_TRUE(all.starts_with(listener.heard()));
    EXPECT_GT(sequence, 3);
}

TEST(LiveFollower, GoesFromTakeToTakeAndOverGaps) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    auto a = recording.AddSegment("00000000000a", 0, kStart, 0, 1000, true);
    time::ManualClock clock(a.end);
    LiveListener listener(recording, clock, a.end - 5_s);
    listener.Tick();
    const std::string first = listener.heard();
    EXPECT_FALSE(first.empty());
    EXPECT_TRUE(FakeFrames(0, 1000).ends_with(first));

    // Recording stops for a minute: he waits.
    recording.Close(a);
    for (int i = 0; i < 60; ++i) {
        clock.Advance(1_s);
        listener.Tick();
    }
    EXPECT_EQ(listener.heard(), first);

    recording.AddTake("00000000000b", clock.Now());
    auto b = recording.AddSegment("00000000000b", 0, clock.Now(), 5000, 100, true);
    clock.Advance(1_s);
    listener.Tick();
    EXPECT_EQ(listener.heard(), first);  // it may yet be found to go on from the first one
    recording.catalog().AddSplice({"00000000000a", "00000000000b", a.end, false, {}});
    listener.Tick();
    EXPECT_EQ(listener.heard(), first + FakeFrames(5000, 100));

    // The take stalls without an end, and another one overlaps it. Its date is 30 ms off.
    recording.AddTake("00000000000c", b.end - 1_s);
    auto c = recording.AddSegment("00000000000c", 0,
                                  b.end - FakeDuration(20) + time::Micros{30'000}, 8000, 100, true);
    clock.Advance(1_s);
    listener.Tick();
    EXPECT_EQ(listener.heard(), first + FakeFrames(5000, 100));
    recording.Grow(c, 8100, 200);
    clock.Advance(5_s);
    listener.Tick();
    EXPECT_EQ(listener.heard(), first + FakeFrames(5000, 100));
    recording.catalog().AddSplice(
        {"00000000000b", "00000000000c", b.end, true, {100 * kFakeSamples, 20 * kFakeSamples}});
    listener.Tick();
    EXPECT_EQ(listener.heard(), first + FakeFrames(5000, 100) + FakeFrames(8020, 280));
}

TEST(FindLiveNext, LosesNothingWhereTheEndIsDatedAnewMeanwhile) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    auto a = recording.AddSegment("00000000000a", 0, kStart, 0, 1000, true);
    const catalog::Segment as_heard = a;
    a.end -= time::Micros{3'000};
    recording.Close(a);
    recording.AddTake("00000000000b", a.end - 1_s);
    const auto b =
        recording.AddSegment("00000000000b", 0, a.end - FakeDuration(20), 8000, 300, true);
    recording.catalog().AddSplice(
        {"00000000000a", "00000000000b", a.end, true, {1000 * kFakeSamples, 20 * kFakeSamples}});
    const auto next = FindLiveNext(recording.catalog(), recording.layout(), as_heard, a.end + 8_s);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->piece.segment.id, b.id);
    EXPECT_EQ(next->piece.begin.byte, FakeFrames(8000, 20).size());
}

TEST(LiveFollower, GoesOnByTheClockWhereNobodyFindsASplice) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto a = recording.AddSegment("00000000000a", 0, kStart, 0, 1000);
    recording.AddTake("00000000000b", a.end - 1_s);
    recording.AddSegment("00000000000b", 0, a.end - FakeDuration(20), 8000, 1000, true);
    time::ManualClock clock(a.end);
    LiveListener listener(recording, clock, a.end - 5_s);
    listener.Tick();
    const std::string first = listener.heard();
    EXPECT_TRUE(FakeFrames(0, 1000).ends_with(first));
    clock.Advance(30_s);
    listener.Tick();
    EXPECT_EQ(listener.heard(), first + FakeFrames(8020, 980));
}

TEST(LiveFollower, GoesOnWhereHisFileWasPruned) {
    FakeRecording recording;
    recording.AddTake("00000000000a", kStart);
    const auto a0 = recording.AddSegment("00000000000a", 0, kStart, 0, 400);
    const auto a1 = recording.AddSegment("00000000000a", 1, a0.end, 400, 400);
    const auto a2 = recording.AddSegment("00000000000a", 2, a1.end, 800, 400);
    time::ManualClock clock(a2.end);
    LiveListener listener(recording, clock, kStart);
    std::filesystem::remove(recording.layout().Resolve(a1.path));
    recording.catalog().RemoveSegment(a1.id);
    for (int i = 0; i < 40; ++i) {
        clock.Advance(1_s);
        listener.Tick();
    }
    EXPECT_EQ(listener.heard(), FakeFrames(0, 400) + FakeFrames(800, 400));
}

TEST(LivePresent, IsBehindEveryOtherCodec) {
    FakeRecording recording;
    EXPECT_FALSE(LivePresent(recording.catalog(), "kpcc", 10_s, kStart));
    recording.AddTake("00000000000a", kStart);
    const auto first = recording.AddSegment("00000000000a", 0, kStart, 0, 2000);
    EXPECT_EQ(LivePresent(recording.catalog(), "kpcc", 10_s, first.end), first.end - 10_s);
    const auto adts = recording.AddAdtsSegment("00000000000a", 1, first.end, 100);
    EXPECT_EQ(LivePresent(recording.catalog(), "kpcc", 10_s, adts.end), first.end);
    const auto last = recording.AddSegment("00000000000a", 2, adts.end, 2000, 100);
    EXPECT_EQ(LivePresent(recording.catalog(), "kpcc", 10_s, last.end), adts.end);
}

TEST(LiveFollower, StartsAtTheEndWhereNothingFollows) {
    FakeRecording recording;
    EXPECT_FALSE(FindLiveStart(recording.catalog(), recording.layout(), "kpcc", kStart));
    recording.AddTake("00000000000a", kStart);
    const auto a = recording.AddSegment("00000000000a", 0, kStart, 0, 400);
    const auto end = FindLiveStart(recording.catalog(), recording.layout(), "kpcc", a.end + 3600_s);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->begin.byte, a.bytes);
    const auto begin =
        FindLiveStart(recording.catalog(), recording.layout(), "kpcc", kStart - 60_s);
    ASSERT_TRUE(begin);
    EXPECT_EQ(begin->begin.byte, 0u);
}

}  // namespace
}  // namespace aircheck::webapi
