// SPDX-License-Identifier: MIT
#include "downloader/catalog_queue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "common/catalog/sqlite.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::downloader {
namespace {

using namespace std::chrono_literals;

const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};
constexpr char kTake[] = "0123abcd4567";

class CatalogQueueTest : public testing::Test {
protected:
    CatalogQueueTest() {
        queue_.Push(catalog::Take{kTake, "kpcc", "http://a", kNoon, std::nullopt, ""});
        queue_.Push(CatalogQueue::NewSegment{
            id_,
            {.station = "kpcc", .take = kTake, .sequence = 3, .take_sample = 99, .path = "p"}});
        queue_.Push(CatalogQueue::Progress{id_, Progress(10)});
        queue_.Flush();
    }

    static catalog::SegmentProgress Progress(int seconds) {
        const auto n = static_cast<std::uint64_t>(seconds);
        return {0,      kNoon,      kNoon + seconds * 1s, n * 16'000,
                n * 40, n * 48'000, {{n * 100, n * 10}}};
    }

    void Lose() const {
        for (const char* part : {"", "-wal", "-shm"})
            std::filesystem::remove(layout_.Catalog().string() + part);
    }

    catalog::Catalog Reader() const {
        return {layout_.Catalog(), catalog::Catalog::Mode::kReadOnly};
    }

    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
    time::ManualClock clock_{kNoon};
    CatalogQueue queue_{layout_, clock_};
    const CatalogQueue::SegmentId id_ = std::make_shared<std::int64_t>(0);
};

TEST_F(CatalogQueueTest, TellsANewCatalogOfWhatIsBeingRecorded) {
    Lose();
    queue_.Push(CatalogQueue::Progress{id_, Progress(20)});
    queue_.Flush();
    const auto row = Reader().FindSegment("p");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->state, catalog::SegmentState::kOpen);
    EXPECT_EQ(row->bytes, 20U * 16'000);
    EXPECT_EQ(row->sequence, 3);
    EXPECT_EQ(row->take_sample, 99U);
    EXPECT_EQ(Reader().FindTake(kTake)->url, "http://a");
    EXPECT_EQ(Reader().Index(row->id).size(), 2U);
}

TEST_F(CatalogQueueTest, TellsItAlsoWhenNothingIsNew) {
    Lose();
    queue_.Flush();
    EXPECT_EQ(Reader().FindSegment("p")->bytes, 10U * 16'000);
}

TEST_F(CatalogQueueTest, CorrectsWhatWasFoundOfATakeThatLasts) {
    Lose();
    {
        catalog::Catalog found(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
        found.AddTake({kTake, "kpcc", "", kNoon - 1s, kNoon, "unknown"});
        found.AddSegment({.station = "kpcc", .take = kTake, .path = "final"});
    }
    queue_.Push(CatalogQueue::Closed{id_, Progress(20), "final"});
    queue_.Flush();
    EXPECT_FALSE(Reader().FindTake(kTake)->ended);
    EXPECT_EQ(Reader().AllSegments("kpcc").size(), 1U);
    EXPECT_EQ(Reader().FindSegment("final")->sequence, 3);
}

TEST_F(CatalogQueueTest, TellsItWhichTakeGoesOnInOneThatLasts) {
    queue_.Push(catalog::Take{"89abcdef0123", "kpcc", "http://b", kNoon - 1h, kNoon, "stalled"});
    const catalog::Splice splice{"89abcdef0123", kTake, kNoon, true, {48'000, 1152}};
    queue_.Push(splice);
    queue_.Flush();
    Lose();
    queue_.Flush();
    EXPECT_EQ(Reader().SplicesInto(kTake), std::vector{splice});
    EXPECT_EQ(Reader().FindTake("89abcdef0123")->end_cause, "stalled");
}

TEST_F(CatalogQueueTest, DoesNotTellOfWhatIsOver) {
    queue_.Push(CatalogQueue::TakeEnd{kTake, kNoon + 10s, "cascade"});
    queue_.Flush();
    Lose();
    queue_.Flush();
    EXPECT_EQ(Reader().FindTake(kTake)->end_cause, "cascade") << "a segment of it is open still";
    queue_.Push(CatalogQueue::Closed{id_, Progress(20), "final"});
    queue_.Flush();
    Lose();
    queue_.Flush();
    EXPECT_FALSE(Reader().FindTake(kTake));
    EXPECT_TRUE(Reader().AllSegments().empty());
}

TEST_F(CatalogQueueTest, KeepsWhatALockedCatalogDoesNotTake) {
    catalog::Database other(layout_.Catalog().string(), catalog::Database::Mode::kReadWrite);
    std::optional<catalog::Transaction> transaction(other);
    queue_.Push(CatalogQueue::Progress{id_, Progress(20)});
    queue_.Flush();
    EXPECT_FALSE(queue_.empty());
    EXPECT_EQ(Reader().FindSegment("p")->bytes, 10U * 16'000);
    transaction.reset();
    queue_.Flush();
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(Reader().FindSegment("p")->bytes, 20U * 16'000);
}

}  // namespace
}  // namespace aircheck::downloader
