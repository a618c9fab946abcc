// SPDX-License-Identifier: MIT
#include "downloader/url_plan.h"

#include <gtest/gtest.h>

namespace aircheck::downloader {
namespace {

/// Every URL until the round is over.
std::vector<std::string> Round(UrlPlan& plan) {
    std::vector<std::string> urls;
    while (const auto candidate = plan.Next()) urls.push_back(candidate->url);
    return urls;
}

using Urls = std::vector<std::string>;

TEST(UrlPlan, GoesThroughFallbacksInOrderEachRound) {
    UrlPlan plan({"a", "b"});
    EXPECT_EQ(Round(plan), (Urls{"a", "b"}));
    EXPECT_EQ(Round(plan), (Urls{"a", "b"}));
}

TEST(UrlPlan, PutsAPlaylistsEntriesBeforeWhatIsLeft) {
    UrlPlan plan({"list", "spare"});
    EXPECT_TRUE(plan.Expand(*plan.Next(), {"one", "two"}));
    EXPECT_EQ(Round(plan), (Urls{"one", "two", "spare"}));
}

TEST(UrlPlan, EndsWithPlaylistsThatPointToThemselves) {
    UrlPlan plan({"list"});
    EXPECT_FALSE(plan.Expand(*plan.Next(), {"list"}));
    EXPECT_EQ(Round(plan), Urls{});
}

TEST(UrlPlan, EndsWithPlaylistsNestedTooDeep) {
    UrlPlan plan({"0"});
    int depth = 0;
    while (const auto candidate = plan.Next())
        if (plan.Expand(*candidate, {std::to_string(depth + 1)})) ++depth;
    EXPECT_EQ(depth, UrlPlan::kMaxDepth);
}

TEST(UrlPlan, BeginsWithWhatWorkedLast) {
    UrlPlan plan({"list"});
    plan.Expand(*plan.Next(), {"stream"});
    plan.Next();
    plan.Worked("stream");
    EXPECT_EQ(Round(plan), (Urls{"stream", "list"}));
    EXPECT_EQ(Round(plan), Urls{"list"}) << "it no longer works: start from what is configured";
}

}  // namespace
}  // namespace aircheck::downloader
