// SPDX-License-Identifier: MIT
#include "supervisor/cli/text_width.h"

#include <gtest/gtest.h>

namespace aircheck::cli {
namespace {

TEST(TextWidth, CountsColumns) {
    EXPECT_EQ(TextWidth(""), 0u);
    EXPECT_EQ(TextWidth("kpcc"), 4u);
    EXPECT_EQ(TextWidth("Ö1"), 2u);
    EXPECT_EQ(TextWidth("日本放送"), 8u);
    EXPECT_EQ(TextWidth("e\u0301"), 1u);
    EXPECT_EQ(TextWidth("📻!"), 3u);
    EXPECT_EQ(TextWidth("▁█"), 2u);
}

TEST(TextWidth, FitsWholeCharacters) {
    EXPECT_EQ(FitWidth("kpcc", 6), "kpcc  ");
    EXPECT_EQ(FitWidth("kpcc", 2), "kp");
    EXPECT_EQ(FitWidth("日本放送", 5), "日本 ");
    EXPECT_EQ(FitWidth("", 2), "  ");
    EXPECT_EQ(CutToWidth("aÖ日", 3), "aÖ");
    EXPECT_EQ(CutToWidth("e\u0301x", 1), "e\u0301");
    EXPECT_EQ(CutToWidth("日", 1), "");
}

}  // namespace
}  // namespace aircheck::cli
