// SPDX-License-Identifier: MIT
#include "common/timeline/gap_cause.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/common/catalog/catalog_fixture.h"

namespace aircheck::timeline {
namespace {

using namespace std::chrono_literals;
using catalog::kNoon;
using catalog::RemovalCause;

class GapCause : public catalog::CatalogTest {
protected:
    void AddEndedTake(const std::string& id, time::SysTime ended, const std::string& cause) {
        AddTake(id);
        catalog_->EndTake(id, ended, cause);
    }

    /// "12:00 stalled, 12:15 removed: disk full", by the minutes from noon at which parts begin.
    std::string Explained(time::SysTime from, time::SysTime to) {
        std::string text;
        time::SysTime at = from;
        for (const Gap& gap : Explain(*catalog_, "kpcc", {{from, to, "", {}}})) {
            EXPECT_EQ(gap.from, at) << "they adjoin";
            at = gap.to;
            text += (text.empty() ? "" : ", ") + std::to_string((gap.from - kNoon) / 1min) + " " +
                    gap.cause;
        }
        EXPECT_EQ(at, to);
        return text;
    }
};

TEST_F(GapCause, IsHowTheTakeBeforeEnded) {
    AddEndedTake("a", kNoon + 15min, "stalled");
    AddClosed(MakeSegment("a", 0, kNoon));
    EXPECT_EQ(Explained(kNoon + 15min, kNoon + 20min), "15 stalled");
    EXPECT_EQ(Explained(kNoon - 1h, kNoon), "-60 not recorded");
}

TEST_F(GapCause, IsWhyTheSoundHadToGo) {
    AddEndedTake("a", kNoon + 2h, "stopped");
    std::vector<catalog::Segment> segments;
    for (int i = 0; i < 8; ++i)
        segments.push_back(AddClosed(MakeSegment("a", i, kNoon + i * 15min)));
    catalog_->RemoveSegment(segments[2], RemovalCause::kMinFree);
    catalog_->RemoveSegment(segments[3], RemovalCause::kMinFree);
    EXPECT_EQ(Explained(kNoon + 30min, kNoon + 1h), "30 removed: disk full");
    EXPECT_EQ(Explained(kNoon + 40min, kNoon + 50min), "40 removed: disk full");
    catalog_->RemoveSegment(segments[4], RemovalCause::kMaxDisk);
    EXPECT_EQ(Explained(kNoon + 30min, kNoon + 75min),
              "30 removed: disk full, 60 removed: max_disk");
    catalog_->RemoveSegment(segments[0], RemovalCause::kAge);
    EXPECT_EQ(Explained(kNoon - 1h, kNoon + 15min), "-60 removed: too old");
}

TEST_F(GapCause, OfAGapThatIsPartlyThatIsTwo) {
    AddEndedTake("a", kNoon + 15min, "stalled");
    AddClosed(MakeSegment("a", 0, kNoon));
    AddEndedTake("b", kNoon + 45min, "lost");
    const auto removed = AddClosed(MakeSegment("b", 0, kNoon + 30min));
    catalog_->RemoveSegment(removed, RemovalCause::kMinFree);
    EXPECT_EQ(Explained(kNoon + 15min, kNoon + 1h),
              "15 stalled, 30 removed: disk full, 45 not recorded");
    catalog_->AddFailure("kpcc", {kNoon + 50min, "dns"});
    EXPECT_EQ(Explained(kNoon + 15min, kNoon + 1h), "15 stalled, 30 removed: disk full, 45 dns");
    EXPECT_EQ(Explained(kNoon + 15min, kNoon + 45min + 50ms), "15 stalled, 30 removed: disk full");
}

TEST_F(GapCause, ThatIsKnownStays) {
    const std::vector<Gap> gaps = {{kNoon, kNoon + 1h, "another codec", {}}};
    EXPECT_EQ(Explain(*catalog_, "kpcc", gaps), gaps);
}

}  // namespace
}  // namespace aircheck::timeline
