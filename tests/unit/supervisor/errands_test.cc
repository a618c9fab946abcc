// SPDX-License-Identifier: MIT
#include "supervisor/errands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace aircheck::supervisor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ErrandsTest : public testing::Test {
protected:
    static proto::Request Ask(std::uint64_t id, std::string what, std::string station = "") {
        return {.name = "webapi-0",
                .id = id,
                .request = std::move(what),
                .station = std::move(station)};
    }

    time::ManualClock clock_{time::SysTime{std::chrono::seconds{1'000'000}}};
    std::vector<proto::Command> sent_;
    std::vector<std::pair<std::string, std::uint64_t>> answered_;
    Errands errands_{clock_,
                     {.send = [this](const proto::Command& command) { sent_.push_back(command); },
                      .answer =
                          [this](const std::string& identity, const proto::Answer& answer) {
                              answered_.emplace_back(identity, answer.id);
                          }}};
};

TEST_F(ErrandsTest, AnswersWhoHasAskedWithTheirOwnId) {
    errands_.Begin(Ask(7, "prune", "kpcc"), "one");
    ASSERT_EQ(sent_.size(), 1u);
    EXPECT_EQ(sent_[0].command, "prune");
    EXPECT_EQ(sent_[0].station, "kpcc");
    errands_.Done({.id = sent_[0].id + 1, .accepted = true});  // somebody else's
    EXPECT_THAT(answered_, IsEmpty());
    errands_.Done({.id = sent_[0].id, .accepted = true});
    EXPECT_THAT(answered_, ElementsAre(std::pair("one", 7u)));
    EXPECT_THAT(errands_.Tasks(), IsEmpty());
}

TEST_F(ErrandsTest, AreDoneOnceForAllWhoHaveAsked) {
    errands_.Begin(Ask(7, "reindex"), "one");
    errands_.Begin(Ask(7, "reindex"), "two");
    errands_.Begin(Ask(8, "reindex", "kpcc"), "two");
    ASSERT_EQ(sent_.size(), 2u);
    errands_.Done({.id = sent_[0].id, .accepted = true});
    EXPECT_THAT(answered_, ElementsAre(std::pair("one", 7u), std::pair("two", 7u)));
}

TEST_F(ErrandsTest, AreBegunAgainByAnotherPruner) {
    errands_.Begin(Ask(1, "reindex"), "one");
    errands_.Begin(Ask(2, "rename", "kpcc"), "one");
    const auto first = std::exchange(sent_, {});
    errands_.SendAgain();
    EXPECT_EQ(sent_, first);
    errands_.Done({.id = first[0].id});
    sent_.clear();
    errands_.SendAgain();
    EXPECT_THAT(sent_, ElementsAre(first[1]));
}

TEST_F(ErrandsTest, TellWhatIsStillToBeDone) {
    errands_.Begin(Ask(1, "rename", "kpcc"), "one");
    EXPECT_THAT(errands_.Tasks(),
                ElementsAre(proto::Task{.what = "rename", .subject = "kpcc", .since = 1'000'000}));
}

TEST_F(ErrandsTest, DoNotGatherAskersWithoutEnd) {
    for (std::size_t i = 0; i <= Errands::kMaxAskers; ++i) errands_.Begin(Ask(i, "prune"), "one");
    EXPECT_THAT(answered_, ElementsAre(std::pair("one", std::uint64_t{Errands::kMaxAskers})));
}

}  // namespace
}  // namespace aircheck::supervisor
