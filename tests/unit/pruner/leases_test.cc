// SPDX-License-Identifier: MIT
#include "pruner/leases.h"

#include <gtest/gtest.h>

#include "tests/unit/support/fake_store.h"

namespace aircheck::pruner {
namespace {

using namespace std::chrono_literals;

constexpr char kOrigin[] = "5f3c00112233";
constexpr char kKey[] = "leases/5f3c00112233.json";

class LeasesTest : public ::testing::Test {
protected:
    Leases Of(const std::string& machine) {
        return Leases(store_, clock_, {machine, machine + "-name"}, 72h);
    }
    std::optional<Lease> Stored() const {
        const auto text = cloud_.Get(kKey);
        return text ? Lease::Parse(kOrigin, *text) : std::nullopt;
    }

    time::ManualClock clock_{
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
    test::FakeCloud cloud_;
    test::FakeStore store_{cloud_};
};

TEST(Lease, IsWhatItWas) {
    const Lease lease{kOrigin, "a", "b", "attic \"1\"", time::SysTime(1'800'000'000s)};
    EXPECT_EQ(Lease::Parse(kOrigin, lease.Encode()), lease);
    for (const char* text :
         {"", "{}", "[]", "null", "{\"origin\":\"5f3c00112233\"}",
          "{\"origin\":\"5f3c00112233\",\"holder\":1,\"home\":\"b\",\"until\":1}",
          "{\"origin\":\"5f3c00112233\",\"holder\":\"a\",\"home\":\"b\",\"until\":-1}",
          "{\"origin\":\"5f3c00112233\",\"holder\":\"a\",\"home\":\"b\",\"until\":"
          "9223372036854775807}",
          "{\"origin\":\"000000000000\",\"holder\":\"a\",\"home\":\"b\",\"until\":1}"})
        EXPECT_FALSE(Lease::Parse(kOrigin, text)) << text;
}

TEST_F(LeasesTest, TheOwnerHasItAndRenewsIt) {
    auto home = Of("home");
    EXPECT_TRUE(home.Hold(kOrigin));
    EXPECT_EQ(Stored()->holder, "home");
    EXPECT_EQ(Stored()->until, clock_.Now() + 72h);
    const int calls = cloud_.calls;
    EXPECT_TRUE(home.Hold(kOrigin));
    EXPECT_EQ(cloud_.calls, calls);
    clock_.Advance(25h);
    EXPECT_TRUE(home.Hold(kOrigin));
    EXPECT_EQ(Stored()->until, clock_.Now() + 72h);
}

TEST_F(LeasesTest, NobodyElseGetsItWhileTheOwnerLives) {
    auto home = Of("home");
    auto official = Of("official");
    home.Hold(kOrigin);
    EXPECT_TRUE(official.Inherit("000000000000").empty());
    EXPECT_FALSE(Of("twin").Hold(kOrigin)) << "a copy of the storage elsewhere";
    clock_.Advance(71h);
    EXPECT_TRUE(official.Inherit("000000000000").empty());
    EXPECT_EQ(Stored()->holder, "home");
}

TEST_F(LeasesTest, ADeadMachineLosesItAndGetsItBack) {
    Of("home").Hold(kOrigin);
    clock_.Advance(73h);
    auto official = Of("official");
    EXPECT_EQ(official.Inherit("000000000000"), std::vector<std::string>{kOrigin});
    EXPECT_EQ(Stored()->holder, "official");
    EXPECT_EQ(Stored()->home, "home");
    EXPECT_TRUE(Of("other").Inherit("000000000000").empty()) << "one is enough";
    clock_.Advance(25h);
    EXPECT_EQ(official.Inherit("000000000000").size(), 1U);

    auto home = Of("home");
    EXPECT_TRUE(home.Hold(kOrigin)) << "at once";
    EXPECT_EQ(Stored()->holder, "home");
    clock_.Advance(25h);
    EXPECT_TRUE(official.Inherit("000000000000").empty());
}

TEST_F(LeasesTest, AStorageThatWasMovedToAnotherMachineGetsItFromWhoInherited) {
    Of("home").Hold(kOrigin);
    clock_.Advance(73h);
    EXPECT_EQ(Of("official").Inherit("000000000000").size(), 1U);
    EXPECT_TRUE(Of("new-home").Hold(kOrigin));
    EXPECT_EQ(Stored()->home, "new-home");
}

TEST_F(LeasesTest, OfTwoWhoTakeItAtOnceOneWins) {
    Of("home").Hold(kOrigin);
    clock_.Advance(73h);
    auto a = Of("a");
    auto b = Of("b");
    EXPECT_EQ(a.Inherit("000000000000").size() + b.Inherit("000000000000").size(), 1U);
}

TEST_F(LeasesTest, OneThatNobodyCanReadLapsesAsWell) {
    cloud_.Set(kKey, "no lease at all");
    cloud_.SetModified(kKey, clock_.Now());
    auto home = Of("home");
    EXPECT_FALSE(home.Hold(kOrigin));
    clock_.Advance(73h);
    EXPECT_TRUE(home.Hold(kOrigin));
}

TEST_F(LeasesTest, TheOwnIsNotInheritedAndForeignObjectsAreNone) {
    cloud_.Set("leases/notes.txt", "x");
    cloud_.Set("leases/x.json", "x");
    auto home = Of("home");
    home.Hold(kOrigin);
    clock_.Advance(73h);
    EXPECT_TRUE(home.Inherit(kOrigin).empty());
}

TEST(MachineId, IsAlwaysTheSame) {
    EXPECT_EQ(MachineId(), MachineId());
    EXPECT_EQ(MachineId().size(), 16U);
}

}  // namespace
}  // namespace aircheck::pruner
