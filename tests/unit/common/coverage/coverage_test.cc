// SPDX-License-Identifier: MIT
#include "common/coverage/coverage.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <sstream>

#include "common/coverage/json.h"
#include "common/coverage/text.h"
#include "common/time/timestamp.h"
#include "tests/unit/common/catalog/catalog_fixture.h"

namespace aircheck::coverage {
namespace {

using catalog::kNoon;
using namespace std::chrono_literals;

class CoverageTest : public catalog::CatalogTest {
protected:
    /// A take with one closed segment.
    void Record(const std::string& take, time::SysTime from, time::SysTime to,
                const std::string& end_cause = "server closed") {
        catalog_->AddTake({take, "kpcc", "http://a/b", from, std::nullopt, ""});
        catalog::Segment segment = MakeSegment(take, 0, from);
        segment.end = to;
        AddClosed(segment);
        catalog_->EndTake(take, to, end_cause);
    }

    Coverage Look(time::SysTime from, time::SysTime to, const time::Zone& zone = {}) {
        Coverage coverage = Plan("kpcc", zone, from, to);
        for (std::size_t day = 0; day < coverage.days.size(); ++day)
            Survey(*catalog_, coverage, day);
        return coverage;
    }

    static time::SysTime At(std::string_view basic) { return *time::ParseBasic(basic); }
};

TEST_F(CoverageTest, TellsWhatIsInTheCloudAndWhatIsLostThere) {
    Record("a", kNoon, kNoon + 40min);
    Record("b", kNoon + 40min, kNoon + 60min);
    Record("c", kNoon + 60min, kNoon + 90min);
    for (const auto& segment : catalog_->AllSegments()) {
        if (segment.take == "c") continue;
        catalog_->SetObject(segment.id, "0123456789ab/" + segment.path);
        catalog_->SetUploaded(segment.id);
    }
    EXPECT_EQ(Look(kNoon, kNoon + 90min).sums, (Sums{90min, 0min, 0min, 60min}));
    const auto lost = [](const catalog::Segment& segment) {
        return segment.take == "b" ? std::string("changed in the cloud") : "";
    };
    Coverage coverage = Plan("kpcc", {}, kNoon, kNoon + 90min);
    Survey(*catalog_, coverage, 0, lost);
    EXPECT_EQ(coverage.sums, (Sums{70min, 0min, 20min, 40min}));
    ASSERT_EQ(coverage.holes.size(), 1u);
    EXPECT_EQ(coverage.holes[0],
              (Hole{kNoon + 40min, kNoon + 60min, "changed in the cloud", 0, ""}));
    EXPECT_EQ(coverage.days[0].cells[1].cause, "changed in the cloud");
    // The catalog itself may say it.
    for (const auto& segment : catalog_->AllSegments())
        if (segment.take == "a") catalog_->SetObject(segment.id, "");
    EXPECT_EQ(Look(kNoon, kNoon + 90min).holes.at(0).cause, "missing in the cloud");
}

TEST_F(CoverageTest, TellsWhatIsMissingAndWhy) {
    Record("a", kNoon, kNoon + 40min, "server closed");
    catalog_->AddFailure("kpcc", {kNoon + 41min, "refused"});
    catalog_->AddFailure("kpcc", {kNoon + 42min, "dns"});
    Record("b", kNoon + 45min, kNoon + 2h);
    const Coverage coverage = Look(kNoon, kNoon + 2h);
    ASSERT_EQ(coverage.days.size(), 1u);
    ASSERT_EQ(coverage.days[0].cells.size(), 4u);
    const Cell& second = coverage.days[0].cells[1];
    EXPECT_EQ(second.column, 25);
    EXPECT_EQ(second.sums.missing, 5min);
    EXPECT_EQ(second.sums.recorded, 25min);
    EXPECT_EQ(second.cause, "server closed");
    EXPECT_EQ(coverage.days[0].cells[0].cause, "");
    ASSERT_EQ(coverage.holes.size(), 1u);
    EXPECT_EQ(coverage.holes[0], (Hole{kNoon + 40min, kNoon + 45min, "server closed", 2, "dns"}));
    EXPECT_EQ(coverage.sums.missing, 5min);
    EXPECT_NEAR(coverage.sums.Percent(), 100 * 115 / 120.0, 1e-9);
    EXPECT_EQ(CauseText(coverage.holes[0]), "server closed; 2 attempts, dns at last");
}

TEST_F(CoverageTest, CountsWhatIsThereTwice) {
    Record("a", kNoon, kNoon + 30min, "cascade");
    Record("b", kNoon + 20min, kNoon + 60min, "cascade");
    Record("c", kNoon + 25min, kNoon + 30min, "cascade");
    const Coverage coverage = Look(kNoon, kNoon + 60min);
    EXPECT_EQ(coverage.sums, (Sums{60min, 10min, 0min, 0min}));
    EXPECT_TRUE(coverage.holes.empty());
    EXPECT_EQ(coverage.butt_splices, 1u);
}

TEST_F(CoverageTest, AHoleOverMidnightIsOne) {
    Record("a", kNoon, kNoon + 1h, "stalled");
    Record("b", kNoon + 36h, kNoon + 37h);
    const Coverage coverage = Look(kNoon, kNoon + 37h);
    EXPECT_EQ(coverage.days.size(), 3u);
    ASSERT_EQ(coverage.holes.size(), 1u);
    EXPECT_EQ(coverage.holes[0].to - coverage.holes[0].from, 35h);
    EXPECT_EQ(coverage.holes[0].cause, "stalled");
    EXPECT_EQ(coverage.sums.recorded, 2h);
}

TEST_F(CoverageTest, DaysHaveAsManyHoursAsTheyHave) {
    const auto zone = *time::Zone::Find("Europe/Vienna");
    const auto count = [&](std::string_view from, std::string_view to) {
        const Coverage plan = Plan("kpcc", zone, At(from), At(to));
        EXPECT_EQ(plan.days.size(), 1u);
        return plan.days.at(0).cells.size();
    };
    EXPECT_EQ(count("20261024T220000Z", "20261025T230000Z"), 50u);  // a Sunday in autumn
    EXPECT_EQ(count("20260328T230000Z", "20260329T220000Z"), 46u);  // in spring
    EXPECT_EQ(count("20261119T230000Z", "20261120T230000Z"), 48u);

    Record("a", At("20261024T220000Z"), At("20261025T230000Z"));
    const Coverage autumn = Look(At("20261024T220000Z"), At("20261025T230000Z"), zone);
    const auto columns = Columns(autumn.days[0]);
    EXPECT_EQ(columns[4].sums.recorded, 60min);  // 2:00 comes twice
    EXPECT_EQ(columns[6].sums.recorded, 30min);
    EXPECT_EQ(autumn.sums.recorded, 25h);
    const auto spring =
        Columns(Plan("kpcc", zone, At("20260328T230000Z"), At("20260329T220000Z")).days[0]);
    EXPECT_EQ(spring[4].shade, Shade::kOutside);  // and never
}

TEST_F(CoverageTest, HalfHoursFollowTheClockOfOddZones) {
    const auto zone = *time::Zone::Find("Asia/Kathmandu");  // +05:45
    const Coverage plan = Plan("kpcc", zone, kNoon, kNoon + 1h);
    ASSERT_EQ(plan.days.size(), 1u);
    ASSERT_EQ(plan.days[0].cells.size(), 3u);
    EXPECT_EQ(plan.days[0].cells[0].column, 35);  // 17:45 is in the half hour from 17:30
    EXPECT_EQ(plan.days[0].cells[0].to - plan.days[0].cells[0].from, 15min);
}

TEST_F(CoverageTest, BeginsWithTheFirstRecordingAndEndsWithWhatIsTold) {
    const time::Zone zone;
    EXPECT_EQ(DefaultWindow(*catalog_, "kpcc", zone, kNoon).from, kNoon);  // none yet
    AddTake("a");
    catalog::Segment open = MakeSegment("a", 0, kNoon - 1h);
    open.end = kNoon - 2s;
    Add(open);
    EXPECT_EQ(DefaultWindow(*catalog_, "kpcc", zone, kNoon).from, kNoon - 1h);
    EXPECT_EQ(ToldUntil(*catalog_, "kpcc", kNoon), kNoon - 2s);
    EXPECT_EQ(ToldUntil(*catalog_, "kpcc", kNoon + 5min), kNoon + 5min);
    EXPECT_EQ(DefaultWindow(*catalog_, "kpcc", zone, kNoon + 100 * 24h).from,
              std::chrono::floor<std::chrono::days>(kNoon + 87 * 24h));
}

TEST_F(CoverageTest, FitsATerminal) {
    Record("a", kNoon, kNoon + 50h, "a cause that is so long that nobody will ever read it");
    for (int i = 0; i < 40; ++i)
        catalog_->AddFailure("kpcc", {kNoon + 51h + i * 1min, "too many redirects"});
    const Coverage coverage = Look(kNoon - 1h, kNoon + 80h);
    std::istringstream lines(Text(coverage));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto columns = std::ranges::count_if(
            line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
        EXPECT_LE(columns, 80) << line;
    }
    EXPECT_GT(count, 8);
    EXPECT_EQ(PercentText({9999999h, 0h, 1h}), "99.99");
    EXPECT_EQ(PercentText({}), "100.00");
}

TEST_F(CoverageTest, ToldAsJson) {
    Record("a", kNoon, kNoon + 40min, "stalled");
    const auto object = Json(Look(kNoon, kNoon + 60min));
    EXPECT_EQ(object.at("missing").as_double(), 1200);
    const auto& cell = object.at("days").as_array()[0].as_object().at("cells").as_array()[1];
    EXPECT_EQ(cell.at("time").as_string(), "12:30");
    EXPECT_EQ(cell.at("cause").as_string(), "stalled");
    EXPECT_EQ(object.at("holes").as_array()[0].at("seconds").as_double(), 1200);
}

}  // namespace
}  // namespace aircheck::coverage
