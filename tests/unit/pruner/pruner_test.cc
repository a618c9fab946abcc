// SPDX-License-Identifier: MIT
#include "pruner/pruner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <variant>
#include <vector>

#include "common/storage/origin.h"
#include "tests/unit/pruner/archive.h"
#include "tests/unit/support/fake_store.h"
#include "tests/unit/support/run_until.h"

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

    void RunUntil(const std::function<bool()>& done) { EXPECT_TRUE(test::RunUntil(loop_, done)); }

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

class PrunerWithACloud : public PrunerTest {
protected:
    PrunerWithACloud() { config_.cloud.emplace(); }

    Pruner::Options MakeOptions() {
        auto options = PrunerTest::MakeOptions();
        options.open = [this](const std::atomic<bool>& quit) {
            return std::make_unique<test::FakeStore>(cloud_, &quit);
        };
        options.free_space = [this](const auto&) { return free_.load(); };
        options.space_every = 5ms;
        return options;
    }

    test::FakeCloud cloud_;
    std::atomic<std::uint64_t> free_ = 1'000'000;
};

TEST_F(PrunerWithACloud, MovesAndThenDeletesHere) {
    std::vector<catalog::Segment> old;
    for (int i = 0; i < 3; ++i) old.push_back(Add("kpcc", 30h - i * 1h));
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Start();
    RunUntil([&] { return !HasFile(old[2]); });
    ASSERT_EQ(events_.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(events_[i].event, "uploaded");
        EXPECT_EQ(events_[i].file, old[i].path);
        EXPECT_TRUE(HasRow(old[i]));
    }
    proto::Heartbeat beat;
    pruner.FillHeartbeat(beat);
    EXPECT_GE(beat.bytes_total, 3U * kSegmentBytes);
    EXPECT_EQ(beat.cloud, "works");
    EXPECT_EQ(beat.unsaved, 0U);
    bool stopped = false;
    pruner.Stop([&] { stopped = true; });
    RunUntil([&] { return stopped; });
}

TEST_F(PrunerWithACloud, ACloudThatHangsKeepsNobodyFromMakingRoom) {
    config_.min_free = 1'000;
    const auto hanging = Add("kpcc", 30h);
    const auto lost = Add("kpcc", 20h);
    cloud_.delay = 1h;
    Pruner pruner(loop_, config_, clock_, MakeOptions());
    pruner.Start();
    RunUntil([&] { return cloud_.calls > 0; });
    free_ = 1'000 - kSegmentBytes * 6;
    RunUntil([&] { return !events_.empty(); });
    EXPECT_EQ(events_[0].event, "removed");
    EXPECT_FALSE(HasFile(hanging));
    RunUntil([&] { return !HasFile(lost); });
    bool stopped = false;
    pruner.Stop([&] { stopped = true; });
    RunUntil([&] { return stopped; });
}

TEST_F(PrunerWithACloud, SaysWhatCameOfAnOrder) {
    Add("kpcc", 30h);
    auto options = MakeOptions();
    options.first = 1h;
    options.space_every = 1h;
    Pruner pruner(loop_, config_, clock_, options);
    pruner.Start();
    cloud_.down = true;
    std::string sentence;
    const auto prune = [&] {
        sentence.clear();
        pruner.Prune("", [&](std::string text) { sentence = std::move(text); });
        RunUntil([&] { return !sentence.empty(); });
    };
    prune();
    EXPECT_EQ(sentence,
              "prune: 0 segments removed, 0 B; 0 moved to the cloud, 0 B; the cloud does not work: "
              "the cloud is down");
    cloud_.down = false;
    prune();
    EXPECT_EQ(sentence, "prune: 0 segments removed, 0 B; 1 moved to the cloud, 100 B");
    pruner.Stop([] {});
}

TEST_F(PrunerWithACloud, TellsWhatTheCatalogDoesNotKnow) {
    auto options = MakeOptions();
    int told = 0;
    options.on_unknown = [&] { ++told; };
    cloud_.Set(storage::ObjectKey(storage::Origin(layout_),
                                  "kpcc/streams/kpcc-20261101T120000Z-000000000001.mp3"),
               "x");
    Pruner pruner(loop_, config_, clock_, options);
    pruner.Start();
    RunUntil([&] { return told == 1; });
    bool stopped = false;
    pruner.Stop([&] { stopped = true; });
    RunUntil([&] { return stopped; });
}

}  // namespace
}  // namespace aircheck::pruner
