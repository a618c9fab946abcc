// SPDX-License-Identifier: MIT
#include "supervisor/process_stats.h"

#include <gtest/gtest.h>

namespace aircheck::supervisor {
namespace {

TEST(ProcessStats, ReadsTheKernelsLines) {
    const auto stats = ParseProcessStatus(
        "Name:\taircheckd\nVmPeak:\t   20000 kB\nVmHWM:\t    6000 kB\nVmRSS:\t    5520 kB\n"
        "Threads:\t3\n");
    EXPECT_EQ(stats.memory, 5520u * 1024);
    EXPECT_EQ(stats.memory_peak, 6000u * 1024);
    EXPECT_EQ(stats.threads, 3);
}

TEST(ProcessStats, NonsenseIsZero) {
    const auto stats = ParseProcessStatus("VmRSS:\nVmHWM: -4 kB\nThreads: many\nVmRSS");
    EXPECT_EQ(stats.memory, 0u);
    EXPECT_EQ(stats.memory_peak, 0u);
    EXPECT_EQ(stats.threads, 0);
}

TEST(ProcessStats, ThisProcessUsesSomething) {
    const auto stats = ReadProcessStats();
    EXPECT_GT(stats.memory, 0u);
    EXPECT_GE(stats.memory_peak, stats.memory);
    EXPECT_GE(stats.threads, 1);
}

}  // namespace
}  // namespace aircheck::supervisor
