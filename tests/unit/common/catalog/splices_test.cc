// SPDX-License-Identifier: MIT
#include "common/catalog/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/common/catalog/catalog_fixture.h"

namespace aircheck::catalog {
namespace {

TEST_F(CatalogTest, KeepsMarksForAsLongAsTheSegment) {
    AddTake("a");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    EXPECT_FALSE(catalog_->Marks(segment.id));
    SegmentMarks marks{{0, {{0xdeadbeef, 1152}, {1, 576}}}, {44'100 * 840, {{2, 1152}}}};
    catalog_->SetMarks(segment.id, marks);
    EXPECT_EQ(catalog_->Marks(segment.id), marks);
    marks.tail.begin += 1152;
    catalog_->SetMarks(segment.id, {{}, marks.tail});
    EXPECT_EQ(catalog_->Marks(segment.id), marks);

    catalog_->RemoveSegment(segment.id);
    EXPECT_FALSE(catalog_->Marks(segment.id));
    catalog_->SetMarks(segment.id, marks);
    EXPECT_FALSE(catalog_->Marks(segment.id));
}

TEST_F(CatalogTest, JoinsTheTailsOfShortSegments) {
    AddTake("a");
    EXPECT_TRUE(catalog_->TailOfTake("a").marks.empty());
    for (int sequence = 0; sequence < 3; ++sequence) {
        Segment segment = MakeSegment("a", sequence, kNoon + sequence * 1s);
        segment.take_sample = static_cast<std::uint64_t>(sequence) * 300;
        segment = AddClosed(segment);
        const auto hash = static_cast<std::uint32_t>(10 * sequence);
        // Of the first segment only the last hundred samples are kept.
        const audio::MarkRun tail = sequence == 0
                                        ? audio::MarkRun{200, {{1, 100}}}
                                        : audio::MarkRun{0, {{hash, 200}, {hash + 1, 100}}};
        catalog_->SetMarks(segment.id, {{}, tail});
    }
    const audio::MarkRun expected{200, {{1, 100}, {10, 200}, {11, 100}, {20, 200}, {21, 100}}};
    EXPECT_EQ(catalog_->TailOfTake("a"), expected);
}

TEST_F(CatalogTest, ATailEndsWhereTheSampleRateChanged) {
    AddTake("a");
    for (int sequence = 0; sequence < 3; ++sequence) {
        Segment segment = MakeSegment("a", sequence, kNoon + sequence * 1s);
        segment.take_sample = static_cast<std::uint64_t>(sequence) * 100;
        segment.format.sample_rate = sequence == 0 ? 48'000 : 44'100;
        segment = AddClosed(segment);
        catalog_->SetMarks(segment.id, {{}, {0, {{static_cast<std::uint32_t>(sequence), 100}}}});
    }
    EXPECT_EQ(catalog_->TailOfTake("a"), (audio::MarkRun{100, {{1, 100}, {2, 100}}}));
}

TEST_F(CatalogTest, NeverChangesASplice) {
    AddTake("a");
    AddTake("b");
    const Splice exact{"a", "b", kNoon, true, {44'100, 1152}};
    catalog_->AddSplice(exact);
    catalog_->AddSplice({"a", "b", kNoon + 1s, false, {}});
    EXPECT_EQ(catalog_->SplicesInto("b"), std::vector{exact});
    EXPECT_TRUE(catalog_->SplicesInto("a").empty());
}

TEST_F(CatalogTest, ForgetsASpliceWithItsTakes) {
    AddTake("a");
    AddTake("b");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    catalog_->AddSplice({"a", "b", kNoon, true, {}});
    catalog_->AddSplice({"a", "gone", kNoon, true, {}});
    EXPECT_TRUE(catalog_->SplicesInto("gone").empty());
    EXPECT_EQ(catalog_->SplicesInto("b").size(), 1U);
    catalog_->EndTake("a", kNoon, "cascade");
    catalog_->RemoveSegment(segment.id);
    EXPECT_TRUE(catalog_->SplicesInto("b").empty());
}

TEST_F(CatalogTest, FindsTakesByTheirEnd) {
    for (const char* id : {"a", "b", "c"}) AddTake(id);
    catalog_->EndTake("a", kNoon + 1h, "stalled");
    catalog_->EndTake("b", kNoon + 2h, "crash");
    EXPECT_EQ(catalog_->TakesEndedSince(kNoon + 90min).size(), 1U);
    EXPECT_EQ(catalog_->TakesEndedSince(kNoon + 1h).size(), 2U);
}

TEST_F(CatalogTest, RemembersWhyAttemptsFailed) {
    catalog_->AddFailure("kpcc", {kNoon, "dns"});
    catalog_->AddFailure("kpcc", {kNoon + 1s, "http 404"});
    catalog_->AddFailure("other", {kNoon, "refused"});
    const std::vector<Failure> expected{{kNoon, "dns"}, {kNoon + 1s, "http 404"}};
    EXPECT_EQ(catalog_->FailuresBetween("kpcc", kNoon, kNoon + 1min), expected);
    EXPECT_TRUE(catalog_->FailuresBetween("kpcc", kNoon + 2s, kNoon + 1min).empty());
    catalog_->ForgetFailures("kpcc", kNoon + 1s);
    EXPECT_EQ(catalog_->FailuresBetween("kpcc", kNoon, kNoon + 1min).size(), 1U);
    EXPECT_EQ(catalog_->FailuresBetween("other", kNoon, kNoon + 1min).size(), 1U);
}

}  // namespace
}  // namespace aircheck::catalog
