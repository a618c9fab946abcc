// SPDX-License-Identifier: MIT
#include "common/archive/found_take.h"

#include <gtest/gtest.h>

#include <chrono>

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;

const time::SysTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

/// A segment of so many seconds, the name of which begins at that time.
FoundSegment Found(time::SysTime named, int seconds,
                   std::optional<time::SysTime> modified = std::nullopt) {
    FoundSegment found{.named = named, .modified = modified};
    found.segment.samples = static_cast<std::uint64_t>(seconds) * 48'000;
    found.segment.format.sample_rate = 48'000;
    return found;
}

TEST(FoundTake, IsDatedByItsFilesTimes) {
    std::vector take{Found(kNoon, 10, kNoon + 10'250ms), Found(kNoon + 10s, 20, kNoon + 30'251ms)};
    Arrange(take);
    EXPECT_EQ(take[0].segment.start, kNoon + 250ms);
    EXPECT_EQ(take[0].segment.end, kNoon + 10'250ms);
    EXPECT_EQ(take[1].segment.start, kNoon + 10'250ms);
    EXPECT_EQ(take[1].segment.end, kNoon + 30'251ms);
    EXPECT_EQ(take[1].segment.sequence, 1);
    EXPECT_EQ(take[1].segment.take_sample, 480'000U);
}

TEST(FoundTake, IsDatedByNamesWhereFilesWereCopied) {
    const auto copied = kNoon + 24h;
    std::vector take{Found(kNoon, 10, copied), Found(kNoon + 10s, 20, copied), Found(kNoon, 0)};
    take.pop_back();
    Arrange(take);
    EXPECT_EQ(take[0].segment.start, kNoon);
    EXPECT_EQ(take[1].segment.start, kNoon + 10s);
    EXPECT_EQ(take[1].segment.end, kNoon + 30s);
}

TEST(FoundTake, DoesNotJoinAcrossAFileThatIsMissing) {
    std::vector take{Found(kNoon, 10), Found(kNoon + 20s, 10)};
    Arrange(take);
    EXPECT_EQ(take[1].segment.start, kNoon + 20s);
    EXPECT_EQ(take[1].segment.sequence, 2);
    EXPECT_EQ(take[1].segment.take_sample, 960'000U);
}

TEST(FoundTake, CountsFromWhatIsKnown) {
    std::vector take{Found(kNoon, 10), Found(kNoon + 10s, 10), Found(kNoon + 20s, 10)};
    take[1].known = true;
    take[1].segment.sequence = 7;
    take[1].segment.take_sample = 4'800'000;
    take[1].segment.start = kNoon + 10s;
    take[1].segment.end = kNoon + 20s;
    Arrange(take);
    EXPECT_EQ(take[0].segment.sequence, 6);
    EXPECT_EQ(take[0].segment.take_sample, 4'320'000U);
    EXPECT_EQ(take[2].segment.sequence, 8);
    EXPECT_EQ(take[2].segment.take_sample, 5'280'000U);
}

}  // namespace
}  // namespace aircheck::archive
