// SPDX-License-Identifier: MIT
#include "loudness/attempts.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::loudness {
namespace {

class AttemptsTest : public testing::Test {
protected:
    /// A process that ends while it is busy with that segment.
    void Die(std::int64_t segment) {
        Attempts attempts(file_);
        attempts.Begin(segment);
    }

    bool Hopeless(std::int64_t segment) { return Attempts(file_).Hopeless(segment); }

    test::TempFolder folder_;
    const std::filesystem::path file_ = folder_.path() / "loudness";
};

TEST_F(AttemptsTest, WhatSeveralProcessesHaveDiedOfIsHopeless) {
    EXPECT_FALSE(Hopeless(7));
    Die(7);
    Die(9);
    Die(7);
    EXPECT_FALSE(Hopeless(7));
    Die(7);
    EXPECT_TRUE(Hopeless(7));
    EXPECT_FALSE(Hopeless(9));
    EXPECT_TRUE(Hopeless(7)) << "for good";
}

TEST_F(AttemptsTest, WhoEndsBetweenTwoSegmentsHasNotDiedOfOne) {
    for (int i = 0; i < 10; ++i) {
        Attempts attempts(file_);
        attempts.Begin(7);
        attempts.End();
    }
    EXPECT_FALSE(Hopeless(7));
    EXPECT_FALSE(std::filesystem::exists(file_)) << "there is nothing to be remembered";
}

TEST_F(AttemptsTest, WhatHasBeenHeardIsForgotten) {
    for (const std::int64_t segment : {7, 9}) {
        Die(segment);
        Die(segment);
    }
    {
        Attempts attempts(file_);
        attempts.Forget([](std::int64_t segment) { return segment == 7 || segment == 8; });
    }
    Die(7);
    Die(9);
    EXPECT_FALSE(Hopeless(7));
    EXPECT_TRUE(Hopeless(9));
    {
        Attempts attempts(file_);
        attempts.Forget([](std::int64_t segment) { return segment != 0; });
    }
    EXPECT_FALSE(std::filesystem::exists(file_)) << "there is nothing to be remembered";
}

TEST_F(AttemptsTest, RemembersTheLatest) {
    for (std::int64_t segment = 1; segment <= 100; ++segment)
        for (int i = 0; i < Attempts::kMost; ++i) Die(segment);
    EXPECT_TRUE(Hopeless(100));
    EXPECT_TRUE(Hopeless(80));
    EXPECT_FALSE(Hopeless(1));
}

TEST_F(AttemptsTest, DoesWithoutItsFile) {
    Attempts attempts(folder_.path() / "none" / "loudness");
    attempts.Begin(7);
    attempts.End();
    EXPECT_FALSE(attempts.Hopeless(7));
}

}  // namespace
}  // namespace aircheck::loudness
