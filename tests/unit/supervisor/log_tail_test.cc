// SPDX-License-Identifier: MIT
#include "supervisor/log_tail.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aircheck::supervisor {
namespace {

using Lines = std::vector<std::string>;

TEST(LogTail, TellsWhatIsNew) {
    auto box = worker::BlackBox::Create();
    LogTail tail;
    EXPECT_FALSE(tail.Look("pruner-0", 7, box, 100));
    box.Log("one");
    box.Log("two");
    const auto event = tail.Look("pruner-0", 7, box, 100);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->name, "pruner-0");
    EXPECT_EQ(event->lines, (Lines{"one", "two"}));
    EXPECT_EQ(event->last, 2U);
    EXPECT_EQ(event->time, 100);
    EXPECT_FALSE(tail.Look("pruner-0", 7, box, 101));
    for (int line = 3; line <= 30; ++line) box.Log(std::to_string(line));
    EXPECT_EQ(tail.Look("pruner-0", 7, box, 102)->last, 30U);
}

TEST(LogTail, CountsOnThroughAllProcesses) {
    LogTail tail;
    auto first = worker::BlackBox::Create();
    first.Log("one");
    first.Log("two");
    EXPECT_EQ(tail.Look("pruner-0", 7, first, 100)->last, 2U);
    auto second = worker::BlackBox::Create();
    EXPECT_FALSE(tail.Look("pruner-0", 8, second, 101));
    second.Log("three");
    const auto event = tail.Look("pruner-0", 8, second, 102);
    EXPECT_EQ(event->last, 3U);
    EXPECT_EQ(event->lines, Lines{"three"});
}

}  // namespace
}  // namespace aircheck::supervisor
