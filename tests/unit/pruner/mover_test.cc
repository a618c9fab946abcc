// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/unit/pruner/mover_fixture.h"

namespace aircheck::pruner {
namespace {

TEST_F(MoverTest, StoresMarksAndOnlyThenDeletes) {
    const Segment old = AddSound(25h);
    const Segment young = AddSound(23h);
    auto mover = Make();
    const MoveBatch batch = mover.Run(Scope::kAll, "");
    ASSERT_EQ(batch.uploaded.size(), 1U);
    EXPECT_EQ(batch.uploaded[0].object, KeyOf(old));
    EXPECT_GE(batch.bytes, old.bytes);
    EXPECT_FALSE(batch.more);
    EXPECT_EQ(batch.cloud, "works");
    EXPECT_TRUE(HasFile(old)) << "that is for the other thread";
    EXPECT_EQ(catalog_->FindSegment(old.id)->object, KeyOf(old));
    EXPECT_EQ(catalog_->FindSegment(old.id)->state, SegmentState::kClosed);

    auto retention = MakeRetention();
    const Batch local = retention.Run(Scope::kAll);
    EXPECT_TRUE(local.removed.empty());
    EXPECT_EQ(local.freed.size(), 1U);
    EXPECT_FALSE(HasFile(old));
    EXPECT_TRUE(HasFile(young));
    EXPECT_EQ(catalog_->FindSegment(old.id)->state, SegmentState::kUploaded);
    EXPECT_EQ(cloud_.Get(KeyOf(old)), Sound(old).substr(0, old.bytes));
    EXPECT_EQ(Objects(), std::vector{KeyOf(old)});
    EXPECT_TRUE(mover.Run(Scope::kAll, "").uploaded.empty());
}

TEST_F(MoverTest, EndsWhatIsTooOldEverywhere) {
    const Segment old = AddSound(25h);
    RunAll();
    ASSERT_EQ(Objects().size(), 1U);
    clock_.Advance(240h);
    RunAll();
    EXPECT_TRUE(Objects().empty());
    EXPECT_FALSE(HasRow(old));
    const auto removals = catalog_->RemovalsBetween("kpcc", old.start, old.end);
    ASSERT_EQ(removals.size(), 1U);
    EXPECT_EQ(removals[0].cause, catalog::RemovalCause::kAge);
}

TEST_F(MoverTest, ACloudThatIsDownIsLeftAloneForLongerAndLonger) {
    AddSound(25h);
    cloud_.down = true;
    auto mover = Make();
    std::chrono::milliseconds last{};
    for (int attempt = 0; attempt < 4; ++attempt) {
        const MoveBatch batch = mover.Run(Scope::kAll, "");
        EXPECT_EQ(batch.cloud, "down");
        EXPECT_EQ(batch.error, "the cloud is down");
        EXPECT_EQ(batch.unsaved, static_cast<std::uint64_t>(kSegmentBytes));
        EXPECT_FALSE(shared_.cloud_works);
        ASSERT_TRUE(batch.retry);
        EXPECT_GT(*batch.retry, last);
        last = *batch.retry;
        const int calls = cloud_.calls;
        mover.Run(Scope::kAll, "");
        EXPECT_EQ(cloud_.calls, calls) << "not yet";
        clock_.Advance(last);
    }
    cloud_.down = false;
    const MoveBatch batch = mover.Run(Scope::kAll, "");
    EXPECT_EQ(batch.uploaded.size(), 1U);
    EXPECT_EQ(batch.cloud, "works");
    EXPECT_FALSE(batch.retry);
    EXPECT_TRUE(shared_.cloud_works);
}

TEST_F(MoverTest, IsTriedAtOnceIfSomebodyAsks) {
    AddSound(25h);
    cloud_.refuses = true;
    auto mover = Make();
    EXPECT_EQ(mover.Run(Scope::kAll, "").cloud, "refused");
    cloud_.refuses = false;
    EXPECT_TRUE(mover.Run(Scope::kAll, "").uploaded.empty());
    mover.TryNow();
    EXPECT_EQ(mover.Run(Scope::kAll, "").uploaded.size(), 1U);
}

TEST_F(MoverTest, AFileThatIsNotWhatItWasKeepsNoOtherBack) {
    const Segment shorter = AddSound(30h);
    std::ofstream(layout_.Resolve(shorter.path)) << "x";
    const Segment gone = AddSound(29h);
    std::filesystem::remove(layout_.Resolve(gone.path));
    const Segment good = AddSound(28h);
    const MoveBatch batch = Make().Run(Scope::kAll, "");
    ASSERT_EQ(batch.uploaded.size(), 1U);
    EXPECT_EQ(batch.uploaded[0].id, good.id);
    EXPECT_FALSE(batch.more);
}

TEST_F(MoverTest, WhatCannotBeStoredKeepsNoOtherBack) {
    const Segment large = AddSound(30h);
    const std::string whole(2 * kSegmentBytes, 'y');
    std::ofstream(layout_.Resolve(large.path)) << whole;
    catalog_->CloseMeasured({large.id, large.start, large.end, whole.size(), 1, 1}, large.path);
    const Segment good = AddSound(28h);
    cloud_.cut_put_at = kSegmentBytes + 1;
    auto mover = Make();
    EXPECT_TRUE(mover.Run(Scope::kAll, "").uploaded.empty());
    mover.TryNow();
    EXPECT_EQ(mover.Run(Scope::kAll, "").uploaded.size(), 1U);
    EXPECT_EQ(catalog_->FindSegment(good.id)->object, KeyOf(good));
}

TEST_F(MoverTest, WhatIsThereAlreadyIsComparedAndNotStoredAgain) {
    const Segment same = AddSound(30h);
    cloud_.Set(KeyOf(same), Sound(same).substr(0, same.bytes));
    Make().Run(Scope::kAll, "");
    EXPECT_EQ(catalog_->FindSegment(same.id)->object, KeyOf(same));
    const int puts = cloud_.puts;
    const Segment other = AddSound(29h);
    cloud_.Set(KeyOf(other), std::string(other.bytes, 'z'));
    Make().Run(Scope::kAll, "");
    EXPECT_EQ(cloud_.Get(KeyOf(other)), Sound(other).substr(0, other.bytes));
    EXPECT_EQ(cloud_.puts, puts + 2) << "this one, and the lease";
}

TEST_F(MoverTest, ANameThatAnotherObjectHasKeptIsNotUsedTwice) {
    const Segment renamed = AddSound(30h);
    RunAll();
    Segment second = renamed;
    second.id = 0;
    second.object = "";
    second.state = SegmentState::kClosed;
    catalog_->SetPath(renamed.id, "kpcc/streams/elsewhere");
    std::ofstream(layout_.Resolve(second.path)) << std::string(kSegmentBytes, 'z');
    second.id = catalog_->AddSegment(second);
    RunAll();
    EXPECT_EQ(cloud_.Get(KeyOf(renamed)), Sound(renamed).substr(0, renamed.bytes));
    EXPECT_EQ(Objects().size(), 2U);
    EXPECT_NE(catalog_->FindSegment(second.id)->object, "");
}

TEST_F(MoverTest, OneStationAlone) {
    const Segment a = AddSound(30h);
    AddSound(15 * 24h, "gone");
    EXPECT_EQ(Make().Run(Scope::kAll, "kpcc").uploaded.size(), 1U);
    EXPECT_EQ(Objects(), std::vector{KeyOf(a)});
}

TEST_F(MoverTest, DeletesNothingThatAnotherMachineLooksAfter) {
    const Segment old = AddSound(25h);
    RunAll();
    clock_.Advance(240h);
    const auto until = clock_.Now() + 1h;
    cloud_.Set("leases/" + origin_ + ".json",
               Lease{origin_, "other", "other", "there", until}.Encode());
    RunAll();
    EXPECT_EQ(Objects().size(), 1U);
    EXPECT_TRUE(HasRow(old));
    clock_.Advance(2h);
    RunAll();
    EXPECT_TRUE(Objects().empty()) << "it has not been heard of for long enough";
}

TEST_F(MoverTest, ThatIsOfficialLooksAfterMachinesThatAreDead) {
    const std::string dead = "00000000dead";
    const auto key = [&](time::SysTime start) {
        return storage::ObjectKey(
            dead, storage::Layout::RelativeSegmentPath(
                      {"kpcc", std::chrono::floor<std::chrono::seconds>(start), "00000000000a",
                       audio::Codec::kMpeg, false}));
    };
    const std::string old = key(now_ - 300h);
    const std::string young = key(now_ - 200h);
    const std::string foreign = dead + "/notes.txt";
    for (const auto& name : {old, young, foreign}) cloud_.Set(name, "x");
    cloud_.Set("leases/" + dead + ".json",
               Lease{dead, "other", "other", "there", now_ + 1h}.Encode());
    Make().Run(Scope::kAll, "");
    config_.cloud->options["official"] = "true";
    Make().Run(Scope::kAll, "");
    EXPECT_TRUE(cloud_.Get(old)) << "it lives";
    clock_.Advance(2h);
    Make().Run(Scope::kAll, "");
    EXPECT_FALSE(cloud_.Get(old));
    EXPECT_TRUE(cloud_.Get(young));
    EXPECT_TRUE(cloud_.Get(foreign));
}

TEST_F(MoverTest, StopsInTheMiddle) {
    for (int i = 0; i < 5; ++i) AddSound(30h + i * 1min);
    shared_.quit = true;
    const MoveBatch batch = Make().Run(Scope::kAll, "");
    EXPECT_TRUE(batch.uploaded.empty());
}

TEST_F(MoverTest, KeepsBackupsHereAndThere) {
    const auto backups = [&] {
        auto keys = cloud_.Keys();
        std::erase_if(keys, [&](const std::string& key) {
            return !key.starts_with(storage::BackupPrefix(origin_));
        });
        return keys.size();
    };
    const auto files = [&] {
        const std::filesystem::directory_iterator begin(layout_.Backups());
        return std::distance(begin, {});
    };
    auto mover = Make();
    mover.Run(Scope::kAll, "");
    EXPECT_EQ(files(), 1);
    EXPECT_EQ(backups(), 1U);
    clock_.Advance(12h);
    mover.Run(Scope::kAll, "");
    EXPECT_EQ(files(), 1) << "one a day";
    for (int day = 0; day < 20; ++day) {
        clock_.Advance(24h);
        mover.Run(Scope::kAll, "");
    }
    EXPECT_EQ(files(), 14);
    EXPECT_EQ(backups(), 14U);
}

}  // namespace
}  // namespace aircheck::pruner
