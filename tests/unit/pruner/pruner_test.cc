// SPDX-License-Identifier: MIT
#include "pruner/pruner.h"

#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/unit/pruner/archive.h"

namespace aircheck::pruner {
namespace {

using namespace std::chrono_literals;

TEST(Jitter, StaysWithinATenth) {
    EXPECT_EQ(Jittered(10h, 0.5), 10h);
    EXPECT_EQ(Jittered(10h, 0.0), 9h);
    for (double unit = 0; unit < 1; unit += 0.001) {
        EXPECT_GE(Jittered(10h, unit), 9h);
        EXPECT_LT(Jittered(10h, unit), 11h);
    }
}

class PrunerTest : public Archive {
protected:
    Pruner::Options MakeOptions() {
        Pruner::Options options;
        options.first = 1ms;
        options.pause = 1ms;
        options.random = [] { return 0.25; };
        options.publish = [this](const proto::Message& message) {
            events_.push_back(std::get<proto::SegmentEvent>(message));
        };
        return options;
    }

    /// Until `done` holds, or ten seconds have passed.
    template <typename Done>
    void RunUntil(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!done() && std::chrono::steady_clock::now() < deadline) loop_.run_one_for(100ms);
        EXPECT_TRUE(done());
    }

    boost::asio::io_context loop_;
    time::ManualClock clock_{now_};
    std::vector<proto::SegmentEvent> events_;
};

TEST_F(PrunerTest, PrunesSoonAfterTheStartAndTellsOfIt) {
    std::vector<catalog::Segment> old;
    for (int i = 0; i < 60; ++i) old.push_back(Add("kpcc", 100h - i * 1h));
    config_.prune_every = 10h;
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Start();
    proto::Heartbeat beat;
    pruner.FillHeartbeat(beat);
    EXPECT_NEAR(*beat.next_prune, time::ToUnixSeconds(now_), 1);

    RunUntil([&] {
        pruner.FillHeartbeat(beat);
        return *beat.next_prune > time::ToUnixSeconds(now_) + 1;
    });
    EXPECT_NEAR(*beat.next_prune, time::ToUnixSeconds(now_ + 9h + 30min), 1);
    EXPECT_EQ(beat.bytes_total, 60U * kSegmentBytes);
    ASSERT_EQ(events_.size(), 60U);
    EXPECT_EQ(events_[0].event, "removed");
    EXPECT_EQ(events_[0].station, "kpcc");
    EXPECT_EQ(events_[0].file, old[0].path);
    EXPECT_EQ(events_[0].take, old[0].take);
    EXPECT_EQ(events_[0].bytes, static_cast<std::uint64_t>(kSegmentBytes));
    EXPECT_EQ(events_[0].start, time::ToUnixSeconds(old[0].start));
    EXPECT_TRUE(catalog_->AllSegments().empty());
}

TEST_F(PrunerTest, StandsByUntilItIsStarted) {
    Add("kpcc", 100h);
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    proto::Heartbeat beat;
    pruner.FillHeartbeat(beat);
    EXPECT_FALSE(beat.next_prune);
    EXPECT_EQ(loop_.poll(), 0U);
    loop_.restart();
    pruner.Start();
    pruner.Start();  // told twice
    RunUntil([&] { return events_.size() == 1; });
}

TEST_F(PrunerTest, IsNotStartedAnyMoreOnceStopped) {
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Stop([] {});
    pruner.Start();
    loop_.run();  // ends: no timer is left
}

TEST_F(PrunerTest, PrunesAgainAndAgain) {
    config_.prune_every = 1ms;
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Start();
    for (std::size_t i = 1; i <= 3; ++i) {
        Add("kpcc", 25h + i * 1min);
        RunUntil([&] { return events_.size() == i; });
    }
}

TEST_F(PrunerTest, LooksAtTheLimitsBetweenPasses) {
    config_.defaults.max_disk = 0;
    auto options = MakeOptions();
    options.first = 1h;
    options.space_every = 1ms;
    Pruner pruner(loop_, config_, clock_, options);
    pruner.Start();
    Add("kpcc", 1h);
    RunUntil([&] { return events_.size() == 1; });
}

TEST_F(PrunerTest, StopsBetweenBatches) {
    for (int i = 0; i < 200; ++i) Add("kpcc", 25h + i * 1min);
    auto options = MakeOptions();
    options.pause = 1h;
    Pruner pruner(loop_, config_, clock_, options);
    pruner.Start();
    RunUntil([&] { return !events_.empty(); });
    bool stopped = false;
    pruner.Stop([&] { stopped = true; });
    EXPECT_TRUE(stopped);
    loop_.run();  // ends: no timer is left
    EXPECT_EQ(events_.size(), Retention::kBatchSize);
}

TEST_F(PrunerTest, StopsAfterTheBatchThatRuns) {
    for (int i = 0; i < 200; ++i) Add("kpcc", 25h + i * 1min);
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Start();
    loop_.run_one();  // the first timer hands the batch over
    bool stopped = false;
    pruner.Stop([&] { stopped = true; });
    RunUntil([&] { return stopped; });
    EXPECT_EQ(events_.size(), Retention::kBatchSize) << "what was removed is told";
}

}  // namespace
}  // namespace aircheck::pruner
